#include "train/simplex.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace mtlkit {

void ProjectOnSimplex(std::span<double> values) {
  assert(!values.empty());
  const double top = *std::max_element(values.begin(), values.end());
  for (double& value : values) value -= top;
  // The number to take off is at least what it is for those above it.
  double level = -std::numeric_limits<double>::infinity();
  for (std::size_t above = 0;;) {
    double sum = 0;
    std::size_t count = 0;
    for (const double value : values) {
      if (!(value > level)) continue;
      sum += value;
      ++count;
    }
    if (count == above) break;
    above = count;
    level = (sum - 1) / static_cast<double>(count);
  }
  for (double& value : values) value = std::max(0.0, value - level);
}

void KeptShares::Start() {
  for (std::size_t i = 0; i < state_.size(); i += stride_) state_[i] = 1;
}

double KeptShares::Sum(std::span<const std::uint8_t> which) const {
  double sum = 0;
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (which[i] != 0) sum += state_[i * stride_];
  }
  return sum;
}

void KeptShares::Take(std::span<const std::uint8_t> which,
                      std::span<double> share) const {
  const double sum = Sum(which);
  double count = 0;
  for (const std::uint8_t is_there : which) count += is_there != 0 ? 1 : 0;
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (which[i] == 0) {
      share[i] = 0;
    } else {
      share[i] = sum > 0 ? state_[i * stride_] / sum : 1 / count;
    }
  }
}

void KeptShares::Keep(std::span<const std::uint8_t> which,
                      std::span<const double> share) const {
  const double sum = Sum(which);
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (which[i] != 0) state_[i * stride_] = sum * share[i];
  }
}

}  // namespace mtlkit
