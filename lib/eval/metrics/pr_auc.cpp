#include <limits>

#include "eval/curve.h"

namespace mtlkit {
namespace {

// Average precision: the sum over thresholds of the rise in recall times the
// precision there, without interpolation.
double AveragePrecision(const std::vector<TiedRows>& groups) {
  double positives = 0;
  for (const TiedRows& group : groups) positives += group.positive;
  if (positives <= 0) return std::numeric_limits<double>::quiet_NaN();
  double hits = 0;
  double seen = 0;
  double area = 0;
  for (const TiedRows& group : groups) {
    hits += group.positive;
    seen += group.positive + group.negative;
    area += group.positive / positives * (hits / seen);
  }
  return area;
}

}  // namespace

extern const MetricEntry kPrAuc;
const MetricEntry kPrAuc = {
    "pr-auc",
    "PR AUC",
    "average precision; mean over classes against the rest, or labels",
    true,
    1.0,
    HasClasses,
    [](const MetricRows& rows) {
      return MeanOverCurves(rows, AveragePrecision);
    }};

}  // namespace mtlkit
