// What head, distance and loss of zero-inflated lognormal distributions have in
// common.
#pragma once

#include <algorithm>
#include <cmath>

#include "base/view.h"
#include "data/heads/log_mean.h"

namespace mtlkit {

// log(1 + e^z), without overflow.
inline double SoftplusOf(double z) {
  return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

// A label that is 0, or lognormal with probability s(logit), as a network puts
// it out (Wang, Liu and Miao, "A deep probabilistic model for customer lifetime
// value prediction", 2019): the logit, mu, and what softplus makes sigma of,
// which is at least 1e-3. Labels are counted in Task::deviation.
struct ZilnOutput {
  static constexpr Index kCols = 3;
  static constexpr double kLeastSigma = 1e-3;

  explicit ZilnOutput(const Real* cell)
      : logit(static_cast<double>(cell[0])),
        mu(static_cast<double>(cell[1])),
        sigma(std::max(SoftplusOf(static_cast<double>(cell[2])), kLeastSigma)),
        is_held(sigma == kLeastSigma),
        sigma_slope(std::exp(-SoftplusOf(-static_cast<double>(cell[2])))) {}

  double probability() const { return std::exp(-SoftplusOf(-logit)); }
  double log_mean() const {
    return mu + sigma * sigma / 2 - SoftplusOf(-logit);
  }
  double mean() const { return std::exp(std::min(log_mean(), SafeExp::kMost)); }
  // A slope by sigma as one by what the network put out.
  double Slope(double by_sigma) const {
    return sigma_slope * (is_held ? std::min(by_sigma, 0.0) : by_sigma);
  }

  double logit;
  double mu;
  double sigma;
  bool is_held;
  double sigma_slope;
};

}  // namespace mtlkit
