#include "eval/variance_share.h"

namespace mtlkit {

extern const MetricEntry kR2;
const MetricEntry kR2 = {
    "r2",
    "R2",
    "1 - squared error / squared deviation from the mean of the evaluated "
    "labels; mean over columns",
    true,
    1.0,
    HasNumbers,
    [](const MetricRows& rows) {
      return ShareOfVariance(
          rows, [](const Moments& moments) { return moments.error_square; });
    }};

}  // namespace mtlkit
