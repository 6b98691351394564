#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {

extern const MetricEntry kMae;
const MetricEntry kMae = {
    "mae",
    "MAE",
    "mean absolute error, in the units of the label; mean over columns",
    false,
    0.0,
    HasNumbers,
    [](const MetricRows& rows) {
      return MeanOverCells(rows,
                           [](double y, double p) { return std::abs(y - p); });
    }};

}  // namespace mtlkit
