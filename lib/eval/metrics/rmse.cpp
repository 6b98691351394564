#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {

extern const MetricEntry kRmse;
const MetricEntry kRmse = {
    "rmse",
    "RMSE",
    "root of the mean squared error, in the units of the label; mean over "
    "columns",
    false,
    0.0,
    HasNumbers,
    [](const MetricRows& rows) {
      return MeanOverCells(
          rows, [](double y, double p) { return (y - p) * (y - p); },
          [](double mean) { return std::sqrt(mean); });
    }};

}  // namespace mtlkit
