#include "eval/quantiles.h"

namespace mtlkit {
namespace {

double Covered(double y, std::span<const double> quantiles,
               std::span<const double> /*levels*/) {
  return y >= quantiles.front() && y <= quantiles.back() ? 1.0 : 0.0;
}

std::unique_ptr<Metric> PrepareIntervalCoverage(const MetricRows& rows) {
  return MeanOverQuantiles(rows, Covered);
}

}  // namespace

extern const MetricEntry kIntervalCoverage;
const MetricEntry kIntervalCoverage = {
    MakeEntry<PrepareIntervalCoverage>("interval-coverage",
                                       "share of labels from the lowest to the "
                                       "highest quantile; to be near the "
                                       "difference of their levels"),
    "coverage",
    true,
    1.0,
    HasSpread,
    false,
    {.worst = 0}};

}  // namespace mtlkit
