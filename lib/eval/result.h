#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/task.h"
#include "eval/adjust.h"
#include "eval/estimate.h"
#include "eval/gain.h"
#include "eval/join.h"
#include "eval/metric.h"

namespace mtlkit {

enum class Verdict { kUndefined, kWin, kTie, kLoss };
// "win", "tie", "loss", "undefined".
std::string_view VerdictName(Verdict verdict);

// One metric of one task: the models beside each other.
struct MetricResult {
  const MetricEntry* metric = nullptr;
  double constant = 0;           // NaN if unknown
  PartCount parts;               // what it is a mean over
  std::vector<Estimate> models;  // NaN where a model lacks the task
  // Against the baseline, model - baseline; empty without one. A win is an
  // interval without 0 on the better side, a tie one that contains 0.
  std::vector<Estimate> differences;
  std::vector<Verdict> verdicts;
  // One a model: its seeds' values, of which `models` has the mean; empty where
  // it has one seed.
  std::vector<std::vector<double>> seeds = {};
};

// What the parts of a task's metrics are called: "labels", "classes",
// "columns".
std::string_view PartsName(TaskType type);

// Why a number that is made of so many rows has no interval; "" if it has one.
std::string NoIntervalText(NoInterval why, Index rows);

struct TaskResult {
  Task task;
  std::vector<bool> predicted;  // one a model: whether it has the task
  Index labelled = 0;
  Index missing = 0;
  bool weighted = false;  // whether rows count by their weights
  Index weightless = 0;   // labelled rows of weight 0
  Index counted() const { return labelled - weightless; }
  // Labelled rows of classes that the models do not know, and these classes.
  Index unknown = 0;
  std::vector<std::string> unknown_classes = {};
  std::string warning = {};           // of labels that are not measured
  std::vector<MetricResult> metrics;  // the first one counts for the gain
  // Of one label of the task before it: has no part in means over tasks.
  bool is_part = false;
};

// A model is a recipe: files that differ in the seed of training are one.
struct Evaluation {
  std::vector<std::string> models;
  Index baseline = -1;
  Index rows = 0;
  std::string split;
  // One a model: the split that chose its weights, or "". Of predictions that
  // a model of ours made that says that none did, of others that it is not
  // known.
  std::vector<std::string> selected_on;
  std::vector<bool> has_model;
  std::vector<SeenCount> seen;  // one a model
  std::vector<TaskResult> tasks;
  std::vector<Gain> gains;  // one a model; empty without a baseline
  Index draws = 0;
  Index groups = 0;  // of rows that are drawn together; 0: there are none
  Index blocks = 0;  // of rows that were drawn whole; 0: rows were drawn
  double level = 0;
  std::vector<std::string> warnings;
  std::vector<Index> seeds = {};  // one a model: how many it has

  bool any_seeds() const;
  // Without a baseline: gains over the best constants, one a model, whose own
  // errors are taken as known.
  std::vector<Gain> over_constants = {};
  // What was fitted to other rows before.
  std::vector<TaskAdjustment> adjustments = {};

  // Tasks that are no parts of others.
  Index task_count() const;
  // Intervals that are compared with 0.
  Index compared() const;
};

}  // namespace mtlkit
