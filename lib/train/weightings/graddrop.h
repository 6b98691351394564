#pragma once

namespace mtlkit {

// What is left of gradients whose positive ones sum to `positive` and negative
// ones to `negative`: one sign, chosen by `uniform` in [0, 1), and the part
// `leak` of the other.
inline double DropSign(double positive, double negative, double uniform,
                       double leak) {
  const double all = positive + negative;
  if (positive == 0 || negative == 0) return all;
  const double purity = 0.5 * (1 + all / (positive - negative));
  const double kept = purity > uniform ? positive : negative;
  return leak * all + (1 - leak) * kept;
}

}  // namespace mtlkit
