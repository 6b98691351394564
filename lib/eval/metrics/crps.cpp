#include <cmath>
#include <numbers>

#include "eval/normal_cells.h"

namespace mtlkit {
namespace {

double Crps(double y, double mean, double deviation) {
  if (!(deviation > 0)) return std::abs(y - mean);
  const double z = (y - mean) / deviation;
  const double twice_below = std::erfc(-z / std::numbers::sqrt2);
  const double density =
      std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return deviation *
         (z * (twice_below - 1) + 2 * density - std::numbers::inv_sqrtpi);
}

std::unique_ptr<Metric> PrepareCrps(const MetricRows& rows) {
  return MeanOverNormals(rows, Crps);
}

}  // namespace

extern const MetricEntry kCrps;
const MetricEntry kCrps = {
    MakeEntry<PrepareCrps>(
        "crps",
        "mean continuous ranked probability score of the normal distribution, "
        "in the units of the label: of a deviation of 0 the absolute error "
        "(Gneiting and Raftery 2007)"),
    "CRPS", false, 0.0, HasDeviation};

}  // namespace mtlkit
