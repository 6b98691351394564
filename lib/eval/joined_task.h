#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "eval/predictions.h"

namespace mtlkit {

// The predictions of one model under the name of its row in tables.
struct NamedPredictions {
  std::string name;
  Predictions predictions;
};

// One task on rows that all models have predicted, with the truth.
struct JoinedTask {
  Task task;
  std::vector<Index> rows;      // the joined rows that have a label
  std::vector<double> weights;  // one a row of `rows`
  bool weighted = false;        // whether the files have weights
  std::vector<double> y;        // rows x target_cols; NaN cells are missing
  // One a model: rows x prediction_cols, columns in the order of task.classes;
  // absent if the model does not have the task.
  std::vector<std::optional<std::vector<double>>> outputs;
  std::vector<double> constants;  // as in TaskPredictions
  Index predicted = 0;            // rows with a prediction, labelled or not
  // Labelled rows whose class the models do not know, and such classes; their y
  // is the number behind those of the classes.
  Index unknown = 0;
  std::set<std::string> unknown_classes = {};
  std::string warning = {};  // of labels that cannot be measured

  Index missing() const { return predicted - static_cast<Index>(rows.size()); }
};

}  // namespace mtlkit
