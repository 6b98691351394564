#include "eval/quantiles.h"

#include <cmath>

#include "base/normal_quantile.h"
#include "eval/row_mean.h"

namespace mtlkit {
namespace {

const std::vector<double> kNormalLevels = {0.1, 0.5, 0.9};

// Of means and deviations.
std::vector<double> NormalQuantiles(const MetricRows& rows) {
  std::vector<double> quantiles;
  for (std::size_t i = 0; i < rows.output.size(); i += 2) {
    for (const double level : kNormalLevels) {
      quantiles.push_back(rows.output[i] +
                          rows.output[i + 1] * NormalQuantile(level));
    }
  }
  return quantiles;
}

}  // namespace

std::unique_ptr<Metric> MeanOverQuantiles(
    const MetricRows& rows,
    double (*cell_value)(double y, std::span<const double> quantiles,
                         std::span<const double> levels)) {
  const bool is_normal = HasDeviation(rows.type);
  const std::vector<double> made =
      is_normal ? NormalQuantiles(rows) : std::vector<double>();
  const std::span<const double> quantiles = is_normal ? made : rows.output;
  const std::span<const double> levels =
      is_normal ? kNormalLevels : rows.levels;
  std::vector<double> values(rows.y.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] =
        std::isnan(rows.y[i])
            ? rows.y[i]
            : cell_value(rows.y[i],
                         quantiles.subspan(i * levels.size(), levels.size()),
                         levels);
  }
  return std::make_unique<RowMean>(std::move(values), rows.target_cols);
}

}  // namespace mtlkit
