#include "train/loss_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace mtlkit {
namespace {

constexpr int kMixtureSteps = 10;
constexpr double kMixtureGain = 1e-2;
constexpr double kAddedVariance = 5e-4;

}  // namespace

void LossMixture::Fit(std::span<const Real> losses) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  double count = 0;
  for (const Real loss : losses) {
    if (std::isnan(loss)) continue;
    least = std::min(least, static_cast<double>(loss));
    most = std::max(most, static_cast<double>(loss));
    ++count;
  }
  least_ = least;
  range_ = count > 0 ? most - least : -1;
  if (range_ <= 0) return;
  parts_ = {Part{0.5, 0, 0.1}, Part{0.5, 1, 0.1}};
  double before = -std::numeric_limits<double>::infinity();
  for (int step = 0; step < kMixtureSteps; ++step) {
    const double likelihood = Improve(losses, count);
    if (likelihood - before < kMixtureGain) break;
    before = likelihood;
  }
  if (parts_[1].mean < parts_[0].mean) std::swap(parts_[0], parts_[1]);
}

double LossMixture::Improve(std::span<const Real> losses, double count) {
  std::array<double, 2> sum = {};
  std::array<double, 2> first = {};
  std::array<double, 2> second = {};
  double likelihood = 0;
  for (const Real loss : losses) {
    if (std::isnan(loss)) continue;
    const double x = Scaled(loss);
    const double a = LogAt(parts_[0], x);
    const double b = LogAt(parts_[1], x);
    const double both = std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
    likelihood += both / count;
    const std::array<double, 2> share = {std::exp(a - both),
                                         std::exp(b - both)};
    for (std::size_t i = 0; i < 2; ++i) {
      sum[i] += share[i];
      first[i] += share[i] * x;
      second[i] += share[i] * x * x;
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (sum[i] <= 0) continue;
    Part& part = parts_[i];
    part.share = sum[i] / count;
    part.mean = first[i] / sum[i];
    part.variance = std::max(0.0, second[i] / sum[i] - part.mean * part.mean) +
                    kAddedVariance;
  }
  return likelihood;
}

double LossMixture::LogAt(const Part& part, double x) {
  const double apart = x - part.mean;
  return std::log(part.share) -
         (std::log(2 * std::numbers::pi * part.variance) +
          apart * apart / part.variance) /
             2;
}

double LossMixture::Scaled(Real loss) const {
  return (static_cast<double>(loss) - least_) / range_;
}

double LossMixture::RightAt(Real loss) const {
  if (std::isnan(loss) || range_ < 0) return 0;
  if (range_ == 0) return 1;
  const double x = Scaled(loss);
  return 1 / (1 + std::exp(LogAt(parts_[1], x) - LogAt(parts_[0], x)));
}

}  // namespace mtlkit
