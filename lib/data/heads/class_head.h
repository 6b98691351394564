#pragma once

#include <algorithm>
#include <cassert>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/head.h"
#include "data/label_statistics.h"
#include "kernels/kernels.h"

namespace mtlkit {

// What heads have in common where a label is the number of one class.
class ClassHead : public Head {
 public:
  Index target_cols(const Task& /*task*/) const override { return 1; }
  Index label_count(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::string Fault(const Task& task) const override {
    return FaultOfClasses(task, 1);
  }
  std::string LabelSuffix(const Task& /*task*/, Index /*col*/) const override {
    return "";
  }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return ".prob." + task.classes[At(col)];
  }

  // Shares of the classes.
  Index constant_count(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::vector<double> Constants(
      const Task& task,
      std::span<const WeightedLabels> columns) const override {
    return ClassShares(columns[0], task.classes.size());
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{constants.begin(), constants.end()}};
  }

 protected:
  ~ClassHead() = default;

  // The first of the largest.
  template <class T>
  static Index Largest(std::span<const T> row) {
    return std::max_element(row.begin(), row.end()) - row.begin();
  }
};

// The logistic function of every output.
inline void ApplySigmoid(ConstMatView outputs, MatView values) {
  assert(outputs.rows == values.rows && outputs.cols == values.cols);
  ActiveKernels().map(MathFunction::kSigmoid, outputs.data, values.data,
                      outputs.size());
}

inline void CopyValues(ConstMatView from, MatView to) {
  assert(from.rows == to.rows && from.cols == to.cols);
  if (from.data != to.data) std::copy_n(from.data, from.size(), to.data);
}

}  // namespace mtlkit
