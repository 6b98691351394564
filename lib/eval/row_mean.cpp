#include "eval/row_mean.h"

#include <cmath>
#include <limits>

namespace mtlkit {

RowMean::RowMean(std::vector<double> values, Index cols,
                 double (*finish)(double))
    : values_(std::move(values)), cols_(cols), finish_(finish) {}

double RowMean::Value(std::span<const double> weights) const {
  double total = 0;
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
    const double mean = weight_sum > 0
                            ? sum / weight_sum
                            : std::numeric_limits<double>::quiet_NaN();
    total += finish_ != nullptr ? finish_(mean) : mean;
  }
  return total / static_cast<double>(cols_);
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
