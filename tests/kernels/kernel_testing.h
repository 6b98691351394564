#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "kernels/kernels.h"

namespace mtlkit {

using Reals = std::vector<Real>;

inline constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();
inline constexpr Real kInfinite = std::numeric_limits<Real>::infinity();

// Numbers in [-1, 1) that depend on `row` and their place only.
inline Reals Noise(Index size, Index row) {
  const Rng random(7, RandomPurpose::kTest);
  Reals values(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) {
    values[static_cast<std::size_t>(i)] =
        static_cast<Real>(2 * random.Uniform(row, i) - 1);
  }
  return values;
}

// A number in [low, high] of a numbered draw.
inline Index Pick(Index draw, Index place, Index low, Index high) {
  const Rng random(11, RandomPurpose::kTest);
  const auto range = static_cast<std::uint64_t>(high - low + 1);
  return low + static_cast<Index>(random.Below(draw, place, range));
}

inline bool SameBits(const Reals& a, const Reals& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0;
}

// The largest difference relative to max(1, |b|); NaN equals NaN, infinities
// equal themselves, anything else of that kind is an infinite difference.
inline double Difference(const Reals& a, const Reals& b) {
  double worst = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < b.size() && i < a.size(); ++i) {
    const auto own = static_cast<double>(a[i]);
    const auto other = static_cast<double>(b[i]);
    if (own == other || (std::isnan(own) && std::isnan(other))) continue;
    const double gap = std::abs(own - other) / std::max(1.0, std::abs(other));
    worst = std::isfinite(gap) ? std::max(worst, gap) : HUGE_VAL;
  }
  return worst;
}

// What rounding may do to a few hundred operations.
inline constexpr double kTolerance = sizeof(Real) == 4 ? 2e-6 : 1e-13;

// Runs `compute(kernels)` on every level: the results must be within
// `tolerance` of `expected`, and agree in every bit between the fused levels.
template <class Compute>
void CheckLevels(const Reals& expected, Compute compute,
                 double tolerance = kTolerance) {
  Reals fused;
  for (const Kernels* kernels : SupportedKernels()) {
    CAPTURE(std::string_view(kernels->name));
    const Reals result = compute(*kernels);
    CHECK(Difference(result, expected) <= tolerance);
    if (!kernels->fused) continue;
    if (fused.empty()) fused = result;
    CHECK(SameBits(result, fused));
  }
}

}  // namespace mtlkit
