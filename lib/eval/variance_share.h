#pragma once

#include <memory>

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

  void Add(double factor, const Moments& part);
  // Sum of w (y - mean)^2.
  double YSpread() const { return y_square - y * y / weight; }
  double ErrorSpread() const { return error_square - error * error / weight; }
  // 1 - unexplained / YSpread; NaN where labels do not vary.
  double ShareWithout(double unexplained) const;
};

// The mean over columns of a share, without columns that have none.
std::unique_ptr<Metric> ShareOfVariance(
    const MetricRows& rows, double (*share)(const Moments& moments));

}  // namespace mtlkit
