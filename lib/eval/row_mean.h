#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "eval/metric.h"
#include "eval/part_mean.h"

namespace mtlkit {

// The commonest form of a metric: the weighted mean of a number of each row.
// With several columns, each has a mean of its own over its cells that are not
// NaN, `finish` is applied to it, and the columns that have cells are averaged.
class RowMean : public Metric {
 public:
  // `values`: rows x cols, NaN where a cell does not count.
  RowMean(std::vector<double> values, Index cols,
          double (*finish)(double) = nullptr);
  double Value(std::span<const double> weights) const override;
  PartCount Parts(std::span<const double> weights) const override;
  std::size_t size() const override { return values_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override;
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override;

 private:
  PartMean Columns(std::span<const double> weights) const;

  std::vector<double> values_;
  Index cols_;
  double (*finish_)(double);
};

// A RowMean with one number a row, given by `row_value(row)`.
std::unique_ptr<Metric> MeanOverRows(
    const MetricRows& rows, const std::function<double(Index)>& row_value);

// A RowMean with a number for each target cell, given by `cell_value(y,
// output)` where y is known.
std::unique_ptr<Metric> MeanOverCells(
    const MetricRows& rows,
    const std::function<double(double y, double output)>& cell_value,
    double (*finish)(double) = nullptr);

}  // namespace mtlkit
