#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/rng.h"
#include "data/dataset.h"

namespace mtlkit {

// How rows get labels from predictions (selection.h), in one step and outside
// of a run.
struct SelectRequest {
  std::string labelling = "agree";  // or shared
  std::vector<std::string> per_class = {"1"};
  std::string conflict = "drop";
  Index pool = 0;
  double threshold = 0;
  std::string train_split = "train";

  void Describe(Fields& fields);
};

// What was selected of one task, or of one label of a multi-label task.
struct SelectedLabels {
  std::string task;  // "tags", or "tags.big"
  Index pool = 0;    // rows looked at
  std::vector<std::string> classes;
  std::vector<Index> counts;  // selected, one a class
  std::string why_none;       // where nothing was: a phrase
};

// Gives training rows without a label those that files of predictions propose,
// by the rule of `request`; rows are found by id, and tasks by name. A function
// of the rows, the files in any order, and the seed, which draws the pool.
// kBadInput where a file says nothing of the tasks or has other classes, kUsage
// where `request` does not suit the tasks or too few files are given to agree.
std::vector<SelectedLabels> SelectRows(std::span<const std::string> files,
                                       const SelectRequest& request, Seed seed,
                                       Dataset* data);

std::string RenderText(const std::vector<SelectedLabels>& selected);

}  // namespace mtlkit
