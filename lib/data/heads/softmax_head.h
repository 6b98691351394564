#pragma once

#include <string>
#include <vector>

#include "data/heads/class_head.h"
#include "data/heads/merge_members.h"
#include "data/output_distance.h"

namespace mtlkit {

// What heads have in common where a network puts out a logit for each class.
class SoftmaxHead : public ClassHead {
 public:
  std::string Describe(const Task& task) const override {
    return Str(task.classes.size(), " classes");
  }

  Index output_cols(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    Softmax(outputs, predictions);
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    Softmax(outputs, targets);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    CopyValues(predictions, targets);
  }

  const OutputDistance& distance() const override { return SoftmaxDistance(); }

  // Logs of the mean probabilities.
  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    const Index members = MembersOf(outputs, merged);
    std::ranges::fill(merged.flat(), Real(0));
    for (Index row = 0; row < outputs.rows; ++row) {
      const std::span<const Real> z = {outputs.Row(row), At(outputs.cols)};
      const Real most = std::ranges::max(z);
      double sum = 0;
      for (const Real logit : z) {
        sum += std::exp(static_cast<double>(logit - most));
      }
      Real* mean = merged.Row(row / members);
      for (const Real logit : z) {
        *mean++ += static_cast<Real>(
            std::exp(static_cast<double>(logit - most)) / sum);
      }
    }
    for (Real& sum : merged.flat()) {
      sum = static_cast<Real>(
          LogOfMean(static_cast<double>(sum) / static_cast<double>(members)));
    }
  }
  Index PredictedClass(std::span<const float> row) const override {
    return Largest(row);
  }
  Index PredictedClass(std::span<const double> row) const override {
    return Largest(row);
  }
  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    for (const Index at : order) {
      *to++ = static_cast<double>(from[At(at)]);
    }
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    std::vector<Real> row;
    for (const double share : constants) {
      row.push_back(static_cast<Real>(LogOfShare(share)));
    }
    return {row};
  }

 protected:
  ~SoftmaxHead() = default;

 private:
  static void Softmax(ConstMatView outputs, MatView values) {
    assert(outputs.rows == values.rows && outputs.cols == values.cols);
    ActiveKernels().softmax(outputs.data, outputs.cols, values.data,
                            values.cols, outputs.rows, outputs.cols);
  }
};

}  // namespace mtlkit
