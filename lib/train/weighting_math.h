#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "train/weighting.h"

namespace mtlkit {

// What weightings have in common.

// Losses from here on have a logarithm, and an inverse that single precision
// holds; a loss that is smaller, 0 or below 0 counts as having none.
constexpr double kLeastLoss = 1e-36;
inline bool HasLog(double loss) {
  return loss >= kLeastLoss;
}

// The largest factor that a method gives a loss, for the same reason.
constexpr double kMostFactor = 1e36;

inline double CountPresent(const WeightingSignals& signals) {
  return static_cast<double>(
      std::count_if(signals.present.begin(), signals.present.end(),
                    [](std::uint8_t is_there) { return is_there != 0; }));
}

// A logit of no share.
constexpr double kNoShare = -std::numeric_limits<double>::infinity();

// Makes logits shares that sum to 1; all are 0 where none has any.
inline void Softmax(std::span<double> values) {
  double top = kNoShare;
  for (const double value : values) top = std::max(top, value);
  double sum = 0;
  for (double& value : values) {
    value = value == kNoShare ? 0 : std::exp(value - top);
    sum += value;
  }
  for (double& value : values) value = sum > 0 ? value / sum : 0;
}

}  // namespace mtlkit
