#pragma once

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "eval/row_mean.h"

namespace mtlkit {

// A metric that is the weighted mean of a number of each target cell: of y and
// of the mean and deviation that are predicted for it. Cells without y are left
// out; columns are averaged.
inline std::unique_ptr<Metric> MeanOverNormals(
    const MetricRows& rows,
    double (*cell_value)(double y, double mean, double deviation)) {
  std::vector<double> values(rows.y.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double y = rows.y[i];
    values[i] = std::isnan(y)
                    ? y
                    : cell_value(y, rows.output[2 * i], rows.output[2 * i + 1]);
  }
  return std::make_unique<RowMean>(std::move(values), rows.target_cols);
}

}  // namespace mtlkit
