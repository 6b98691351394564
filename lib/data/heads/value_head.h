#pragma once

#include <vector>

#include "data/heads/number_head.h"

namespace mtlkit {

// What heads have in common that say one number for each column: best without
// inputs are the means and the medians of labels, as they are.
class ValueHead : public NumberHead {
 public:
  Index output_cols(const Task& task) const override { return task.width; }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return LabelSuffix(task, col);
  }
  Index constant_count(const Task& task) const override {
    return 2 * task.width;
  }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> columns) const override {
    return MeansAndMedians(columns);
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    const auto means = constants.first(At(task.width));
    const auto medians = constants.last(means.size());
    return {{means.begin(), means.end()}, {medians.begin(), medians.end()}};
  }

 protected:
  ~ValueHead() = default;
};

}  // namespace mtlkit
