#include <limits>

#include "eval/curve.h"

namespace mtlkit {
namespace {

// The probability that a positive row scores above a negative one, ties half.
double RocAuc(const std::vector<TiedRows>& groups) {
  double above = 0;  // weight of positives seen so far
  double area = 0;
  double negatives = 0;
  for (const TiedRows& group : groups) {
    area += group.negative * (above + group.positive / 2);
    above += group.positive;
    negatives += group.negative;
  }
  const double pairs = above * negatives;
  return pairs > 0 ? area / pairs : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

extern const MetricEntry kRocAuc;
const MetricEntry kRocAuc = {
    "roc-auc",
    "ROC AUC",
    "area under the ROC curve; mean over classes against the rest, or labels",
    true,
    1.0,
    HasClasses,
    [](const MetricRows& rows) { return MeanOverCurves(rows, RocAuc); }};

}  // namespace mtlkit
