#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "eval/join.h"
#include "eval/metric.h"

namespace mtlkit {

struct EvaluationOptions {
  std::string against;               // the baseline's name; "": none
  std::vector<std::string> metrics;  // names; empty: one a task; "all"
  Index draws = 1000;                // of the bootstrap; 0: no intervals
  double level = 0.95;               // of the intervals

  void Describe(Fields& fields);
};

// A number with its bootstrap interval; NaN where it is undefined.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

enum class Verdict { kUndefined, kWin, kTie, kLoss };
// "win", "tie", "loss", "undefined".
std::string_view VerdictName(Verdict verdict);

// One metric of one task: the models beside each other.
struct MetricResult {
  const MetricEntry* metric = nullptr;
  double constant = 0;           // NaN if unknown
  std::vector<Estimate> models;  // NaN where a model lacks the task
  // Against the baseline, model - baseline; empty without one. A win is an
  // interval without 0 on the better side, a tie one that contains 0.
  std::vector<Estimate> differences;
  std::vector<Verdict> verdicts;
};

struct TaskResult {
  Task task;
  Index labelled = 0;
  Index missing = 0;
  std::vector<MetricResult> metrics;  // the first one counts for the gain
};

// How much smaller a model's error is than the baseline's: the mean over tasks
// of (baseline error - error) / baseline error of the first metric, an error
// being the distance to a perfect value. Positive is better.
struct Gain {
  Estimate mean;
  Index tasks = 0;  // over which it is taken
  Index wins = 0;
  Index ties = 0;
  Index losses = 0;
};

struct Evaluation {
  std::vector<std::string> models;
  Index baseline = -1;
  Index rows = 0;
  std::string split;
  std::vector<std::string> selected_on;
  std::vector<TaskResult> tasks;
  std::vector<Gain> gains;  // one a model; empty without a baseline
  Index draws = 0;
  double level = 0;
  std::vector<std::string> warnings;
};

// Values, percentile intervals of a bootstrap over rows and, with a baseline,
// paired differences: every draw takes the same rows for all models and tasks.
// A task whose metric is undefined in a draw is left out of that draw. The
// result does not depend on the number of threads.
Evaluation Evaluate(const JoinedPredictions& joined,
                    const EvaluationOptions& options, Seed seed,
                    ThreadPool& pool);

}  // namespace mtlkit
