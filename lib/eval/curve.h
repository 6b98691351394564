#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "eval/metric.h"
#include "eval/part_mean.h"

namespace mtlkit {

// Weights of the rows of one score, in descending order of the score.
struct TiedRows {
  double positive = 0;
  double negative = 0;
};

// A metric of scores against a binary truth that depends on their order only:
// rows are sorted once, a value is one pass over groups of tied scores.
class RankedScores {
 public:
  // Rows whose y is NaN are left out; y above 1/2 is positive.
  RankedScores(const std::vector<double>& y, const std::vector<double>& score);

  // Calls `add(group)` for groups in descending order of the score.
  template <class Add>
  void ForGroups(std::span<const double> weights, Add add) const {
    TiedRows group;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry entry = entries_[i];
      if (entry.starts_group && group.positive + group.negative > 0) {
        add(std::exchange(group, {}));
      }
      double weight = weights[entry.row];
      if (!weights_.empty()) weight *= weights_[i];
      (entry.positive != 0 ? group.positive : group.negative) += weight;
    }
    if (group.positive + group.negative > 0) add(group);
  }

  // The same with a block in place of each row: 4 bytes a row, 8 more where
  // rows have weights.
  RankedScores InBlocks(const RowBlocks& blocks) const;

 private:
  // A row (or block), whether it is positive, and whether its score is less
  // than the one before.
  struct Entry {
    std::uint32_t row : 30;
    std::uint32_t positive : 1;
    std::uint32_t starts_group : 1;
  };
  RankedScores() = default;

  std::vector<Entry> entries_;
  std::vector<double> weights_;  // one an entry; empty: 1
};

// Scores of the one-against-rest problems of a task: binary tasks have one,
// multi-class tasks one a class, multi-label tasks one a label.
std::vector<RankedScores> CurvesOf(const MetricRows& rows);

// The mean over one-against-rest problems of a measure of ranked scores, which
// gets the groups by Add(group) and then has a Value(). Problems that are
// undefined are left out; NaN if all are.
template <class Measure>
class CurveMetric : public Metric {
 public:
  explicit CurveMetric(std::vector<RankedScores> curves)
      : curves_(std::move(curves)) {}

  double Value(std::span<const double> weights) const override {
    return Curves(weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return Curves(weights).count();
  }
  std::unique_ptr<Metric> InBlocks(const RowBlocks& blocks) const override {
    std::vector<RankedScores> curves;
    curves.reserve(curves_.size());
    for (const RankedScores& curve : curves_) {
      curves.push_back(curve.InBlocks(blocks));
    }
    return std::make_unique<CurveMetric>(std::move(curves));
  }

 private:
  PartMean Curves(std::span<const double> weights) const {
    PartMean mean;
    for (const RankedScores& curve : curves_) {
      Measure measure;
      curve.ForGroups(
          weights, [&measure](const TiedRows& group) { measure.Add(group); });
      mean.Add(measure.Value());
    }
    return mean;
  }

  std::vector<RankedScores> curves_;
};

template <class Measure>
std::unique_ptr<Metric> MeanOverCurves(const MetricRows& rows) {
  return std::make_unique<CurveMetric<Measure>>(CurvesOf(rows));
}

}  // namespace mtlkit
