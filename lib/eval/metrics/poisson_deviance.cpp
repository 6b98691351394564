#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

// A mean of exactly 0 would make one wrong row infinite.
constexpr double kSmallest = std::numeric_limits<double>::epsilon();

double Deviance(double y, double output) {
  const double mean = std::max(output, kSmallest);
  const double log_ratio = y > 0 ? y * std::log(y / mean) : 0;
  return 2 * (mean - y + log_ratio);
}

std::unique_ptr<Metric> PreparePoissonDeviance(const MetricRows& rows) {
  return MeanOverCells(rows, Deviance);
}

}  // namespace

extern const MetricEntry kPoissonDeviance;
const MetricEntry kPoissonDeviance = {
    MakeEntry<PreparePoissonDeviance>(
        "poisson-deviance",
        "mean of 2 (p - y + y log(y / p)), which the mean makes least whatever "
        "the distribution is; mean over columns (McCullagh and Nelder 1989)"),
    "Poisson deviance", false, 0.0, HasPositive};

}  // namespace mtlkit
