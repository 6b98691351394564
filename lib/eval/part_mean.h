#pragma once

#include <cmath>
#include <limits>

#include "eval/metric.h"

namespace mtlkit {

// The mean over those of several parts (labels, classes, columns) that are
// defined; NaN if none is.
class PartMean {
 public:
  void Add(double value) {
    ++count_.all;
    if (std::isnan(value)) return;
    ++count_.defined;
    sum_ += value;
  }
  double Value() const {
    return count_.defined > 0 ? sum_ / static_cast<double>(count_.defined)
                              : std::numeric_limits<double>::quiet_NaN();
  }
  // One part is no mean.
  PartCount count() const { return count_.all > 1 ? count_ : PartCount{}; }

 private:
  PartCount count_;
  double sum_ = 0;
};

}  // namespace mtlkit
