#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "eval/metric.h"
#include "eval/part_mean.h"
#include "eval/ranked_scores.h"

namespace mtlkit {

// Scores of the one-against-rest problems of a task: binary tasks have one,
// multi-class tasks one a class, multi-label tasks one a label.
std::vector<RankedScores> CurvesOf(const MetricRows& rows);

// Of all curves together.
std::size_t SizeOf(const std::vector<RankedScores>& curves);

// The same of rows that come piece by piece.
class BlockedCurves {
 public:
  explicit BlockedCurves(std::size_t curves) : scores_(curves) {}

  void Expect(Index rows);
  void Add(const std::vector<RankedScores>& piece, const RowBlocks& rows);
  std::vector<RankedScores> Take();

 private:
  std::vector<BlockedScores> scores_;
  std::vector<std::uint16_t> block_of_row_;
  std::vector<double> weights_;  // empty: all 1 so far
};

// The mean over curves of a measure of ranked scores, which gets the groups by
// Add(group) and then has a Value(). Curves where it is undefined are left out.
template <class Measure>
PartMean MeanOver(const std::vector<RankedScores>& curves,
                  std::span<const double> weights) {
  PartMean mean;
  for (const RankedScores& curve : curves) {
    Measure measure;
    curve.ForGroups(weights,
                    [&measure](const TiedRows& group) { measure.Add(group); });
    mean.Add(measure.Value());
  }
  return mean;
}

template <class Measure>
class BlockedCurveMetric : public BlockedMetric {
 public:
  BlockedCurveMetric(std::size_t curves, Index blocks)
      : ones_(At(blocks), 1.0), scores_(curves) {}

  void Expect(Index rows) override { scores_.Expect(rows); }
  void Add(const std::vector<RankedScores>& piece, const RowBlocks& rows) {
    scores_.Add(piece, rows);
  }
  void Finish() override { curves_ = scores_.Take(); }

  double Value(std::span<const double> weights) const override {
    return MeanOver<Measure>(curves_, weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanOver<Measure>(curves_, weights).count();
  }
  std::size_t size() const override { return SizeOf(curves_); }
  double Whole() const override { return Value(ones_); }
  PartCount WholeParts() const override { return Parts(ones_); }

 private:
  std::vector<double> ones_;  // one a block
  BlockedCurves scores_;
  std::vector<RankedScores> curves_;
};

template <class Measure>
class CurveMetric : public Metric {
 public:
  explicit CurveMetric(std::vector<RankedScores> curves)
      : curves_(std::move(curves)) {}

  double Value(std::span<const double> weights) const override {
    return MeanOver<Measure>(curves_, weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanOver<Measure>(curves_, weights).count();
  }
  std::size_t size() const override { return SizeOf(curves_); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<BlockedCurveMetric<Measure>>(curves_.size(),
                                                         blocks);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    static_cast<BlockedCurveMetric<Measure>&>(*blocks).Add(curves_, rows);
  }

 private:
  std::vector<RankedScores> curves_;
};

template <class Measure>
std::unique_ptr<Metric> MeanOverCurves(const MetricRows& rows) {
  return std::make_unique<CurveMetric<Measure>>(CurvesOf(rows));
}

}  // namespace mtlkit
