#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

enum class TaskType { kRegression, kBinary, kMulticlass, kMultilabel };

// "regression", "binary", "multiclass", "multilabel"; as in files and flags.
std::string_view TaskTypeName(TaskType type);
TaskType ParseTaskType(std::string_view name);

// What is predicted. Labels are kept apart (dataset.h), so that a model can
// carry its tasks without rows.
struct Task {
  std::string name;
  TaskType type = TaskType::kRegression;
  // binary: {negative, positive}; multi-class: K names; multi-label: the names
  // of the labels. In natural order unless the user chose otherwise.
  std::vector<std::string> classes;
  // Regression only: target columns, and mean and standard deviation of the
  // training labels of each, in original units (empty before preparation).
  // Networks learn (y - mean) / deviation; predictions are given in y's units.
  Index width = 1;
  std::vector<double> mean;
  std::vector<double> deviation;

  bool is_classification() const { return type != TaskType::kRegression; }
  // Columns of a label: 1, except regression (width) and multi-label (labels).
  Index target_cols() const;
  // Columns that a network's head has: regression width, binary 1 (a logit),
  // multi-class K logits, multi-label one logit a label.
  Index output_cols() const;
};

// Position of `name`, or -1.
Index FindTask(const std::vector<Task>& tasks, std::string_view name);
Index FindClass(const Task& task, std::string_view name);

}  // namespace mtlkit
