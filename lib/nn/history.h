#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "nn/diagnostics.h"

namespace mtlkit {

// The numbers of training, one column a series, one row an epoch:
// "epoch" (from 1), "rate", "train.TASK.loss", "valid.TASK.loss",
// "weight.TASK", "valid", and, with peers, "peerN." in front. A number that an
// epoch does not have is NaN.
struct History {
  std::vector<std::string> columns;
  std::vector<std::vector<double>> values;  // columns x epochs
  Index best_epoch = 0;     // from 1; 0: there was no validation
  double best = 0;          // its measure
  std::string selected_on;  // "valid loss", "valid income.roc-auc", "" if none
  std::string selected_split;    // the split that chose the weights, "" if none
  Diagnostics diagnostics = {};  // of some steps; empty: none were measured
  // Of settings that were tuned, what was tried and what it came to, in order:
  // "dropout=0.1: valid loss 0.52".
  std::vector<std::string> tried = {};

  Index epochs() const {
    return values.empty() ? 0 : static_cast<Index>(values.front().size());
  }
  // The series called `name`, or null.
  const std::vector<double>* Find(std::string_view name) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == name) return &values[i];
    }
    return nullptr;
  }
};

}  // namespace mtlkit
