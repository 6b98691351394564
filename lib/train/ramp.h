#pragma once

#include <cmath>

namespace mtlkit {

// The part of a weight that has grown in after some epochs, with fractions:
// exp(-5 (1 - e / ramp)^2), and 1 from `ramp` on (Laine and Aila, "Temporal
// ensembling for semi-supervised learning", 2017).
inline double GrownIn(double epochs, double ramp) {
  if (ramp <= 0 || epochs >= ramp) return 1;
  const double left = 1 - epochs / ramp;
  return std::exp(-5 * left * left);
}

}  // namespace mtlkit
