#pragma once

#include <string>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"

namespace mtlkit {

// What a model said of one task, and what is true where that is known. All
// arrays have one row a predicted row; a row that is not of this task carries
// NaN in all of them. Numbers are in original units.
struct TaskPredictions {
  Task task;
  // Regression: rows x width. Others: empty (derived from `prob`).
  std::vector<float> pred;
  // binary: rows x 1, of the positive class; multi-class: rows x K;
  // multi-label: rows x labels. Regression: empty.
  std::vector<float> prob;
  // The network's outputs before the link function, shaped as `prob`; may be
  // empty.
  std::vector<float> logits;
  // rows x target_cols as in Labels; NaN is unknown. Empty: no labels came.
  std::vector<float> y;
  std::vector<float> weight;  // one a row; empty: 1
};

// A file of predictions (kind = predictions), aligned by id, never by
// position.
struct Predictions {
  RowIds ids;
  std::vector<TaskPredictions> tasks;
  std::string split;           // the split the rows came from; "" if none
  std::string selected_on;     // the split that chose the weights; "" if none
  std::string model_sha256;    // content digest of the model
  std::string dataset_sha256;  // and of the rows
  // Best constant prediction of each task, from the training rows: regression
  // mean per column, classification class frequencies; empty if unknown.
  std::vector<std::vector<double>> constants;
  std::string provenance;  // JSON array as text, or ""
};

// `path` may be "-". Checks shapes, ranges (probabilities in [0, 1], all
// finite) and unique ids; throws kBadInput naming the first offender.
Predictions ReadPredictions(const std::string& path);
void WritePredictions(const Predictions& predictions, const std::string& path);

}  // namespace mtlkit
