// What heads, distances and losses have in common whose outputs are logs.
#pragma once

#include <cmath>

namespace mtlkit {

// e to the z, which beyond z = 50 goes on along its tangent, so that neither it
// nor its slope ever overflows.
struct SafeExp {
  static constexpr double kMost = 50;
  explicit SafeExp(double z) {
    slope = std::exp(z > kMost ? kMost : z);
    value = z > kMost ? slope * (1 + z - kMost) : slope;
  }
  double value;
  double slope;
};

}  // namespace mtlkit
