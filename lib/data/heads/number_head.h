#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/head.h"
#include "data/heads/merge_members.h"
#include "data/label_statistics.h"
#include "data/output_distance.h"

namespace mtlkit {

// What heads have in common whose labels are numbers: `width` columns that
// networks learn less their mean, by their deviation. `per_column` outputs
// belong to each column: output j is of the column j / per_column.
class NumberHead : public Head {
 public:
  Index target_cols(const Task& task) const override { return task.width; }
  Index label_count(const Task& /*task*/) const override { return 0; }

  std::string Fault(const Task& task) const override {
    if (task.width < 1) return Str(" has ", task.width, " columns");
    if (!task.classes.empty()) return " has numbers for labels, and classes";
    if (!task.type.traits().scales_labels && !task.mean.empty()) {
      return " has a mean to be normalised by, and is learned as it is";
    }
    if (task.mean.size() != task.deviation.size() ||
        (!task.mean.empty() &&
         static_cast<Index>(task.mean.size()) != task.width)) {
      return Str(" has ", task.mean.size(), " means and ",
                 task.deviation.size(), " deviations for ", task.width,
                 " columns");
    }
    if (!task.curves.empty() && std::ssize(task.curves) != task.width) {
      return Str(" has ", task.curves.size(), " target transforms for ",
                 task.width, " columns");
    }
    for (const TargetCurve& curve : task.curves) {
      const std::string fault = CurveFault(curve);
      if (!fault.empty()) return Str(": ", fault);
    }
    for (std::size_t i = 0; i < task.mean.size(); ++i) {
      if (std::isfinite(task.mean[i]) && std::isfinite(task.deviation[i]) &&
          task.deviation[i] > 0) {
        continue;
      }
      return Str(": mean ", task.mean[i], " and deviation ", task.deviation[i],
                 " cannot normalise it");
    }
    return "";
  }

  std::string Describe(const Task& task) const override {
    return Str("regression",
               task.width == 1 ? "" : Str(" of ", task.width, " columns"),
               task.curves.empty() ? "" : Str(" by ", task.curves[0].name));
  }
  std::string LabelSuffix(const Task& task, Index col) const override {
    return task.width > 1 ? Str(".", col + 1) : "";
  }

  void LabelsToUnits(const Task& task, MatView labels) const override {
    ToUnits(task, 1, labels);
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    Copy(outputs, targets);
  }
  void TargetsOf(const Task& task, ConstMatView predictions,
                 MatView targets) const override {
    Copy(predictions, targets);
    if (task.mean.empty() && task.curves.empty()) return;
    const Index per_column = targets.cols / task.width;
    for (Index row = 0; row < targets.rows; ++row) {
      for (Index col = 0; col < targets.cols; ++col) {
        Real& value = targets(row, col);
        value = static_cast<Real>(
            Normalised(task, At(col / per_column), static_cast<double>(value)));
      }
    }
  }

  const OutputDistance& distance() const override { return ValueDistance(); }
  void Reorder(std::span<const Index> /*order*/, std::span<const float> from,
               double* to) const override {
    std::copy(from.begin(), from.end(), to);
  }

 protected:
  ~NumberHead() = default;

  static void Copy(ConstMatView from, MatView to) {
    assert(from.rows == to.rows && from.cols == to.cols);
    if (to.data != from.data) std::copy_n(from.data, from.size(), to.data);
  }

  static void ToUnits(const Task& task, Index per_column, MatView values) {
    if (task.mean.empty() && task.curves.empty()) return;
    for (Index row = 0; row < values.rows; ++row) {
      for (Index col = 0; col < values.cols; ++col) {
        Real& value = values(row, col);
        value = static_cast<Real>(
            InUnits(task, At(col / per_column), static_cast<double>(value)));
      }
    }
  }

  // The outputs that say the mean of what members say in original units (see
  // Head::Merge), where what they learn is a curve of it.
  static void MergeInUnits(const Task& task, Index per_column,
                           ConstMatView outputs, MatView merged) {
    const Index members = MembersOf(outputs, merged);
    for (Index row = 0; row < merged.rows; ++row) {
      for (Index col = 0; col < merged.cols; ++col) {
        const auto k = At(col / per_column);
        double sum = 0;
        for (Index m = 0; m < members; ++m) {
          sum += InUnits(task, k,
                         static_cast<double>(outputs(row * members + m, col)));
        }
        merged(row, col) = static_cast<Real>(
            Normalised(task, k, sum / static_cast<double>(members)));
      }
    }
  }

  // An output of column k in original units.
  static double InUnits(const Task& task, std::size_t k, double output) {
    const double learned =
        task.mean.empty() ? output : output * task.deviation[k] + task.mean[k];
    if (task.curves.empty()) return learned;
    // The inverse of a log may be beyond what files hold.
    constexpr double kMost = std::numeric_limits<float>::max();
    return std::clamp(task.curves[k].Undo(learned), -kMost, kMost);
  }

  // A number in original units as the output of column k.
  static double Normalised(const Task& task, std::size_t k, double label) {
    const double value =
        task.curves.empty() ? label : task.curves[k].Apply(label);
    if (task.mean.empty()) return value;
    return (value - task.mean[k]) / task.deviation[k];
  }

  // Predictions in original units as outputs.
  static std::vector<Real> Normalised(const Task& task, Index per_column,
                                      std::span<const double> values) {
    std::vector<Real> row;
    for (std::size_t i = 0; i < values.size(); ++i) {
      row.push_back(
          static_cast<Real>(Normalised(task, i / At(per_column), values[i])));
    }
    return row;
  }

  // The mean of each column, then the median of each.
  static std::vector<double> MeansAndMedians(
      std::span<const WeightedLabels> columns) {
    std::vector<double> constants;
    for (const WeightedLabels& labels : columns) {
      constants.push_back(MeanOf(labels));
    }
    for (const WeightedLabels& labels : columns) {
      constants.push_back(QuantileOf(labels, 0.5));
    }
    return constants;
  }
};

}  // namespace mtlkit
