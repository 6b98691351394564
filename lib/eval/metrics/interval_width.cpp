#include "eval/quantiles.h"

namespace mtlkit {
namespace {

double Width(double /*y*/, std::span<const double> quantiles,
             std::span<const double> /*levels*/) {
  return quantiles.back() - quantiles.front();
}

}  // namespace

extern const MetricEntry kIntervalWidth;
const MetricEntry kIntervalWidth = {
    "interval-width",
    "width",
    "mean distance of the lowest to the highest quantile, in the units of the "
    "label",
    false,
    0.0,
    HasLevels,
    [](const MetricRows& rows) { return MeanOverQuantiles(rows, Width); }};

}  // namespace mtlkit
