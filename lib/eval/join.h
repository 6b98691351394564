#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/metric.h"
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
  // Positions among the joined rows that have a label, ascending.
  std::vector<Index> rows;
  std::vector<double> weights;  // one a row of `rows`
  std::vector<double> y;        // rows x target_cols; NaN cells are missing
  // One a model: rows x prediction_cols, columns in the order of task.classes;
  // absent if the model does not have the task.
  std::vector<std::optional<std::vector<double>>> outputs;
  std::vector<double> constants;  // as in TaskPredictions
  Index predicted = 0;            // rows with a prediction, labelled or not

  Index missing() const { return predicted - static_cast<Index>(rows.size()); }
  // What metrics see of a model. Needs outputs[model].
  MetricRows RowsOf(std::size_t model) const;
  // What metrics see of a constant prediction; absent if unknown. `median`:
  // the one that is best for absolute errors, where there are two.
  std::optional<MetricRows> RowsOfConstant(bool median) const;
};

struct JoinedPredictions {
  Index rows = 0;  // distinct ids
  std::vector<std::string> models;
  std::vector<JoinedTask> tasks;
  std::vector<std::string> selected_on;  // of each model; "" if unknown
  std::string split;                     // of the rows; "" if it differs
};

// Files of one name (the folds of a cross-validation, say) become one model.
// Throws kBadInput if an id occurs twice, or tasks or classes differ.
std::vector<NamedPredictions> PoolByName(std::vector<NamedPredictions> files);

// Brings models onto the rows of the first one, by id. Every model must have
// predicted every row that the first one has of a task both have. Labels come
// from `truth` if given (a dataset with the tasks' names), else from the files;
// two files that disagree about a label are refused. Throws kBadInput.
JoinedPredictions JoinPredictions(const std::vector<NamedPredictions>& models,
                                  const Dataset* truth);

}  // namespace mtlkit
