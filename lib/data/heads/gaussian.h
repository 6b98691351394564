// What head, distance and loss of normal distributions have in common.
#pragma once

#include <algorithm>
#include <cmath>

namespace mtlkit {

// A normal distribution as a network puts it out: the mean, and the log of the
// variance, both of labels less their mean, by their deviation. The variance is
// at least 1e-6, as in PyTorch, so that no label is infinitely likely.
struct GaussianOutput {
  static constexpr double kLeastVariance = 1e-6;
  static constexpr double kMostLog = 80;

  GaussianOutput(double mean_said, double log_variance)
      : mean(mean_said),
        log(std::clamp(log_variance, std::log(kLeastVariance), kMostLog)),
        is_held_low(log_variance < log),
        is_held_high(log_variance > log) {}

  double variance() const { return std::exp(log); }
  double deviation() const { return std::exp(log / 2); }
  // A slope by `log` as one by what the network put out: where that is held,
  // only a slope that leads back counts.
  double Held(double slope) const {
    if (is_held_low) return std::min(slope, 0.0);
    if (is_held_high) return std::max(slope, 0.0);
    return slope;
  }

  double mean;
  double log;
  bool is_held_low;
  bool is_held_high;
};

}  // namespace mtlkit
