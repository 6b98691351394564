#pragma once

#include <memory>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// Weighted moments of a regression column, deviations taken from fixed centres
// so that large offsets lose no digits.
struct Moments {
  double weight = 0;
  double y = 0;         // sum of w (y - centre)
  double y_square = 0;  // sum of w (y - centre)^2
  double error = 0;     // sum of w (y - prediction)
  double error_square = 0;
  // Sum of w (y - mean)^2.
  double YSpread() const { return y_square - y * y / weight; }
  double ErrorSpread() const { return error_square - error * error / weight; }
};

// The mean over columns of 1 - unexplained / YSpread, without columns whose
// labels do not vary.
std::unique_ptr<Metric> ShareOfVariance(
    const MetricRows& rows, double (*unexplained)(const Moments& moments));

}  // namespace mtlkit
