#include "eval/quantiles.h"

#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {

std::unique_ptr<Metric> MeanOverQuantiles(
    const MetricRows& rows,
    double (*cell_value)(double y, std::span<const double> quantiles,
                         std::span<const double> levels)) {
  const std::size_t count = rows.levels.size();
  std::vector<double> values(rows.y.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] =
        std::isnan(rows.y[i])
            ? rows.y[i]
            : cell_value(rows.y[i], {rows.output.data() + i * count, count},
                         rows.levels);
  }
  return std::make_unique<RowMean>(std::move(values), rows.target_cols);
}

}  // namespace mtlkit
