#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "eval/metric.h"
#include "eval/part_mean.h"

namespace mtlkit {

// A metric that is the mean over columns of a function of weighted sums over
// their cells. `Cell` holds the sums, at first 0, and has Add(weight, cell).
template <class Cell>
using ValueOfSums = double (*)(const Cell& sums);

template <class Cell>
PartMean MeanOfSums(std::span<const Cell> columns, ValueOfSums<Cell> value) {
  PartMean mean;
  for (const Cell& sums : columns) mean.Add(value(sums));
  return mean;
}

// The same of cells (or sums of blocks) row by row.
template <class Cell>
PartMean MeanOfSums(std::span<const Cell> cells, std::size_t cols,
                    std::span<const double> weights, ValueOfSums<Cell> value) {
  std::vector<Cell> sums(cols);
  const Cell* cell = cells.data();
  for (const double weight : weights) {
    for (std::size_t col = 0; col < cols; ++col, ++cell) {
      if (weight > 0) sums[col].Add(weight, *cell);
    }
  }
  return MeanOfSums<Cell>(sums, value);
}

template <class Cell>
class BlockedCellSums : public BlockedMetric {
 public:
  BlockedCellSums(Index blocks, Index cols, ValueOfSums<Cell> value)
      : sums_(At(blocks * cols)), all_(At(cols)), value_(value) {}

  double Value(std::span<const double> weights) const override {
    return Mean(weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return Mean(weights).count();
  }
  std::size_t size() const override { return sums_.size(); }
  double Whole() const override { return Mean().Value(); }
  PartCount WholeParts() const override { return Mean().count(); }

  void Take(std::size_t block, std::size_t col, const Cell& cell,
            double weight) {
    if (!(weight > 0)) return;
    sums_[block * all_.size() + col].Add(weight, cell);
    all_[col].Add(weight, cell);
  }

 private:
  PartMean Mean() const { return MeanOfSums<Cell>(all_, value_); }
  PartMean Mean(std::span<const double> weights) const {
    return MeanOfSums<Cell>(sums_, all_.size(), weights, value_);
  }

  std::vector<Cell> sums_;  // blocks x cols
  std::vector<Cell> all_;   // one a column
  ValueOfSums<Cell> value_;
};

template <class Cell>
class CellSums : public Metric {
 public:
  // rows x cols; a missing cell has sums of 0.
  CellSums(std::vector<Cell> cells, Index cols, ValueOfSums<Cell> value)
      : cols_(cols), value_(value), cells_(std::move(cells)) {}

  double Value(std::span<const double> weights) const override {
    return Mean(weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return Mean(weights).count();
  }
  std::size_t size() const override { return cells_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<BlockedCellSums<Cell>>(blocks, cols_, value_);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    auto& sums = static_cast<BlockedCellSums<Cell>&>(*blocks);
    const Cell* cell = cells_.data();
    for (std::size_t row = 0; row < rows.weights.size(); ++row) {
      for (std::size_t col = 0; col < At(cols_); ++col, ++cell) {
        sums.Take(rows.block_of_row[row], col, *cell, rows.weights[row]);
      }
    }
  }

 private:
  PartMean Mean(std::span<const double> weights) const {
    return MeanOfSums<Cell>(cells_, At(cols_), weights, value_);
  }

  Index cols_;
  ValueOfSums<Cell> value_;
  std::vector<Cell> cells_;
};

}  // namespace mtlkit
