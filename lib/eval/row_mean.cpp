#include "eval/row_mean.h"

#include <cmath>
#include <limits>

namespace mtlkit {

namespace {

double Finished(double sum, double weight, double (*finish)(double)) {
  const double mean =
      weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
  return finish != nullptr ? finish(mean) : mean;
}

// Of the rows of a block.
struct BlockSum {
  double value = 0;  // times weight
  double weight = 0;
};

// RowMean over rows that are put together.
class BlockMean : public BlockedMetric {
 public:
  BlockMean(Index blocks, Index cols, double (*finish)(double))
      : sums_(At(blocks * cols)), all_(At(cols)), finish_(finish) {}

  double Value(std::span<const double> weights) const override {
    return Columns(weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return Columns(weights).count();
  }
  std::size_t size() const override { return sums_.size(); }
  double Whole() const override { return OfAll().Value(); }
  PartCount WholeParts() const override { return OfAll().count(); }

  void Add(std::size_t block, std::size_t col, double value, double weight) {
    for (BlockSum* sum : {&sums_[block * all_.size() + col], &all_[col]}) {
      sum->value += weight * value;
      sum->weight += weight;
    }
  }

 private:
  PartMean Columns(std::span<const double> weights) const {
    PartMean columns;
    for (std::size_t col = 0; col < all_.size(); ++col) {
      BlockSum all;
      const BlockSum* sum = sums_.data() + col;
      for (const double weight : weights) {
        all.value += weight * sum->value;
        all.weight += weight * sum->weight;
        sum += all_.size();
      }
      columns.Add(Finished(all.value, all.weight, finish_));
    }
    return columns;
  }
  PartMean OfAll() const {
    PartMean columns;
    for (const BlockSum& sum : all_) {
      columns.Add(Finished(sum.value, sum.weight, finish_));
    }
    return columns;
  }

  std::vector<BlockSum> sums_;  // blocks x cols
  std::vector<BlockSum> all_;   // one a column
  double (*finish_)(double);
};

}  // namespace

RowMean::RowMean(std::vector<double> values, Index cols,
                 double (*finish)(double))
    : values_(std::move(values)), cols_(cols), finish_(finish) {}

double RowMean::Value(std::span<const double> weights) const {
  return Columns(weights).Value();
}

PartCount RowMean::Parts(std::span<const double> weights) const {
  return Columns(weights).count();
}

PartMean RowMean::Columns(std::span<const double> weights) const {
  PartMean columns;
  for (Index col = 0; col < cols_; ++col) {
    double sum = 0;
    double weight_sum = 0;
    const double* cell = values_.data() + col;
    for (const double weight : weights) {
      if (weight > 0 && !std::isnan(*cell)) {
        sum += weight * *cell;
        weight_sum += weight;
      }
      cell += cols_;
    }
    columns.Add(Finished(sum, weight_sum, finish_));
  }
  return columns;
}

std::unique_ptr<BlockedMetric> RowMean::EmptyBlocks(Index blocks) const {
  return std::make_unique<BlockMean>(blocks, cols_, finish_);
}

void RowMean::AddTo(const RowBlocks& rows, BlockedMetric* blocks) const {
  auto& sums = static_cast<BlockMean&>(*blocks);
  const double* cell = values_.data();
  for (std::size_t row = 0; row < rows.weights.size(); ++row) {
    const double weight = rows.weights[row];
    for (std::size_t col = 0; col < At(cols_); ++col, ++cell) {
      if (!(weight > 0) || std::isnan(*cell)) continue;
      sums.Add(rows.block_of_row[row], col, *cell, weight);
    }
  }
}

std::unique_ptr<Metric> MeanOverRows(
    const MetricRows& rows, const std::function<double(Index)>& row_value) {
  std::vector<double> values(static_cast<std::size_t>(rows.rows));
  for (Index row = 0; row < rows.rows; ++row) {
    values[static_cast<std::size_t>(row)] = row_value(row);
  }
  return std::make_unique<RowMean>(std::move(values), 1);
}

std::unique_ptr<Metric> MeanOverCells(
    const MetricRows& rows,
    const std::function<double(double y, double output)>& cell_value,
    double (*finish)(double)) {
  std::vector<double> values(rows.y.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::isnan(rows.y[i]) ? rows.y[i]
                                      : cell_value(rows.y[i], rows.Point(i));
  }
  return std::make_unique<RowMean>(std::move(values), rows.target_cols, finish);
}

}  // namespace mtlkit
