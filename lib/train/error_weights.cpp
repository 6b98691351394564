#include "train/error_weights.h"

#include <algorithm>

namespace mtlkit {

ErrorWeights::ErrorWeights(Index most)
    : most_(most),
      solver_(most),
      memory_(At(1 + most * most + most)),
      sums_(At(most * most)),
      weights_(At(most)) {
  memory_[0] = -1;
}

std::span<const Real> ErrorWeights::Of(Index epoch, std::size_t count) {
  const std::span<Real> kept = std::span(memory_).last(At(most_)).first(count);
  if (memory_[0] == static_cast<Real>(epoch)) return kept;
  double trace = 0;
  for (std::size_t i = 0; i < count * count; ++i) {
    sums_[i] = static_cast<double>(memory_[1 + i]);
    if (i % (count + 1) == 0) trace += sums_[i];
  }
  const std::span<double> weights = std::span(weights_).first(count);
  std::ranges::fill(weights, 1.0 / static_cast<double>(count));
  const auto size = static_cast<Index>(count);
  if (trace > 0) solver_.Solve({sums_.data(), size, size}, weights);
  std::ranges::fill(memory_, Real{0});
  memory_[0] = static_cast<Real>(epoch);
  for (std::size_t i = 0; i < count; ++i) {
    kept[i] = static_cast<Real>(weights[i]);
  }
  return kept;
}

void ErrorWeights::Add(std::span<const double> errors) {
  std::size_t place = 1;
  for (const double one : errors) {
    for (const double other : errors) {
      memory_[place++] += static_cast<Real>(one * other);
    }
  }
}

}  // namespace mtlkit
