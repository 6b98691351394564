#pragma once

#include <algorithm>
#include <span>

#include "base/view.h"

namespace mtlkit {

// The mean of `rows` rows of gates, as many each as there are shares; zeros
// without rows.
inline void MeanOfRows(const Real* gates, Index rows,
                       std::span<double> shares) {
  std::ranges::fill(shares, 0.0);
  for (Index row = 0; row < rows; ++row) {
    for (double& share : shares) share += static_cast<double>(*gates++);
  }
  for (double& share : shares) {
    share /= static_cast<double>(std::max<Index>(rows, 1));
  }
}

}  // namespace mtlkit
