// What heads have in common that merge what the members of an ensemble put out
// (Head::Merge): for each row of `merged` the rows of its members, beside each
// other in `outputs`.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/view.h"

namespace mtlkit {

inline Index MembersOf(ConstMatView outputs, MatView merged) {
  assert(merged.rows > 0 && outputs.rows % merged.rows == 0);
  return outputs.rows / merged.rows;
}

// The log of a share that rounding may have made 0.
inline double LogOfMean(double share) {
  return std::log(std::max(share, 1e-37));
}

// The probability of yes that goes with a logit.
inline double YesOfLogit(double z) {
  const double small = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + small) : small / (1 + small);
}

// For outputs each of which means something by itself: to(sum, members) of the
// sum of what(z), in order.
template <class What, class To>
void MergeCells(ConstMatView outputs, MatView merged, What what, To to) {
  const Index members = MembersOf(outputs, merged);
  for (Index row = 0; row < merged.rows; ++row) {
    for (Index col = 0; col < merged.cols; ++col) {
      auto sum = what(static_cast<double>(outputs(row * members, col)));
      for (Index m = 1; m < members; ++m) {
        sum += what(static_cast<double>(outputs(row * members + m, col)));
      }
      merged(row, col) =
          static_cast<Real>(to(sum, static_cast<double>(members)));
    }
  }
}

inline void MergeValues(ConstMatView outputs, MatView merged) {
  MergeCells(
      outputs, merged, [](double z) { return z; },
      [](double sum, double members) { return sum / members; });
}

}  // namespace mtlkit
