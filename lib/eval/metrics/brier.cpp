#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareBrier(const MetricRows& rows) {
  if (!rows.has_class_columns()) {
    return MeanOverCells(rows, [](double y, double p) {
      // Of a third class: half of what three columns would give.
      if (y > 1) return (p * p + (1 - p) * (1 - p) + 1) / 2;
      return (p - y) * (p - y);
    });
  }
  return MeanOverRows(rows, [&rows](Index row) {
    const double y = rows.y[static_cast<std::size_t>(row)];
    if (std::isnan(y)) return y;
    double sum = rows.IsUnknown(y) ? 1 : 0;
    for (Index k = 0; k < rows.output_cols; ++k) {
      const double truth = k == static_cast<Index>(y) ? 1.0 : 0.0;
      const double difference = rows.Output()(row, k) - truth;
      sum += difference * difference;
    }
    return sum;
  });
}

}  // namespace

extern const MetricEntry kBrier;
const MetricEntry kBrier = {
    MakeEntry<PrepareBrier>(
        "brier",
        "mean squared error of the probabilities (Brier 1950); "
        "multi-class: summed "
        "over classes, 0 to 2"),
    "Brier",
    false,
    0.0,
    HasClasses,
    false,
    {.worst = 2}};

}  // namespace mtlkit
