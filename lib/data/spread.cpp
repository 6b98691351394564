#include "data/spread.h"

#include <algorithm>

namespace mtlkit {

bool IsSpreadOfRounding(std::span<const double> sorted, double centre,
                        double spread) {
  constexpr double kFar = 1e6;
  constexpr double kMostShare = 0.05;
  const auto below =
      std::ranges::lower_bound(sorted, centre - kFar * spread) - sorted.begin();
  const auto above =
      sorted.end() - std::ranges::upper_bound(sorted, centre + kFar * spread);
  const auto far = static_cast<double>(below + above);
  return far > 1 && far > kMostShare * static_cast<double>(sorted.size());
}

}  // namespace mtlkit
