#include "eval/quantiles.h"

namespace mtlkit {
namespace {

double Width(double /*y*/, std::span<const double> quantiles,
             std::span<const double> /*levels*/) {
  return quantiles.back() - quantiles.front();
}

std::unique_ptr<Metric> PrepareIntervalWidth(const MetricRows& rows) {
  return MeanOverQuantiles(rows, Width);
}

}  // namespace

extern const MetricEntry kIntervalWidth;
const MetricEntry kIntervalWidth = {
    MakeEntry<PrepareIntervalWidth>("interval-width",
                                    "mean distance of the lowest to the "
                                    "highest quantile, in the units of the "
                                    "label"),
    "width", false, 0.0, HasSpread};

}  // namespace mtlkit
