#include <algorithm>
#include <cmath>
#include <numbers>

#include "eval/normal_cells.h"

namespace mtlkit {
namespace {

// A deviation of exactly 0 would make one wrong row infinite.
constexpr double kLeastDeviation = 1e-30;
constexpr double kHalfLogTwoPi = 0.9189385332046727;
constexpr double kLogOfLeast = -69.07755278982137;

double NegativeLogDensity(double y, double mean, double said) {
  const double deviation = std::max(said, kLeastDeviation);
  const double apart = (y - mean) / deviation;
  return std::log(deviation) + kHalfLogTwoPi + apart * apart / 2;
}

std::unique_ptr<Metric> PrepareGaussianNll(const MetricRows& rows) {
  return MeanOverNormals(rows, NegativeLogDensity);
}

}  // namespace

extern const MetricEntry kGaussianNll;
const MetricEntry kGaussianNll = {
    MakeEntry<PrepareGaussianNll>(
        "gaussian-nll",
        "mean of minus the log of the normal density at the label; may be "
        "negative, and has no perfect value but that of a deviation of 1e-30 "
        "(Nix and Weigend 1994)"),
    "Gaussian NLL", false, kLogOfLeast + kHalfLogTwoPi, HasDeviation};

}  // namespace mtlkit
