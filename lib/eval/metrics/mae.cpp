#include <cmath>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareMae(const MetricRows& rows) {
  return MeanOverCells(rows,
                       [](double y, double p) { return std::abs(y - p); });
}

}  // namespace

extern const MetricEntry kMae;
const MetricEntry kMae = {
    MakeEntry<PrepareMae>(
        "mae",
        "mean absolute error, in the units of the label; mean over columns"),
    "MAE", false, 0.0, HasNumbers};

}  // namespace mtlkit
