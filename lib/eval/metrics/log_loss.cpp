#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

constexpr double kSmallest = std::numeric_limits<double>::epsilon();

// A probability of exactly 0 or 1 would make one wrong row infinite.
// A class beyond the two has none.
double BinaryLogLoss(double y, double probability) {
  if (y > 1) return -std::log(kSmallest);
  const double p = std::clamp(probability, kSmallest, 1 - kSmallest);
  return y > 0.5 ? -std::log(p) : -std::log1p(-p);
}

std::unique_ptr<Metric> PrepareLogLoss(const MetricRows& rows) {
  if (!rows.has_class_columns()) {
    return MeanOverCells(rows, BinaryLogLoss);
  }
  return MeanOverRows(rows, [&rows](Index row) {
    const double y = rows.y[static_cast<std::size_t>(row)];
    if (std::isnan(y)) return y;
    if (rows.IsUnknown(y)) return -std::log(kSmallest);
    const double p = rows.Output()(row, static_cast<Index>(y));
    return -std::log(std::clamp(p, kSmallest, 1.0));
  });
}

}  // namespace

extern const MetricEntry kLogLoss;
const MetricEntry kLogLoss = {
    MakeEntry<PrepareLogLoss>(
        "log-loss",
        "mean negative log probability of the truth, in nats; "
        "mean over labels"),
    "log loss", false, 0.0, HasClasses};

}  // namespace mtlkit
