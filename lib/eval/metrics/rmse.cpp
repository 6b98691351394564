#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareRmse(const MetricRows& rows) {
  return MeanOverCells(
      rows, [](double y, double p) { return (y - p) * (y - p); },
      [](double mean) { return std::sqrt(mean); });
}

}  // namespace

extern const MetricEntry kRmse;
const MetricEntry kRmse = {
    MakeEntry<PrepareRmse>(
        "rmse",
        "root of the mean squared error, in the units of the label; mean over "
        "columns"),
    "RMSE",
    false,
    0.0,
    HasNumbers,
    true};

}  // namespace mtlkit
