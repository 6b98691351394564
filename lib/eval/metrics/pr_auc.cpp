#include <limits>

#include "eval/curve.h"

namespace mtlkit {
namespace {

// Average precision: the sum over thresholds of the rise in recall times the
// precision there, without interpolation.
class AveragePrecision {
 public:
  void Add(const TiedRows& group) {
    hits_ += group.positive;
    seen_ += group.positive + group.negative;
    area_ += group.positive * (hits_ / seen_);
  }
  double Value() const {
    return hits_ > 0 ? area_ / hits_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double hits_ = 0;
  double seen_ = 0;
  double area_ = 0;
};

std::unique_ptr<Metric> PreparePrAuc(const MetricRows& rows) {
  return MeanOverCurves<AveragePrecision>(rows);
}

}  // namespace

extern const MetricEntry kPrAuc;
const MetricEntry kPrAuc = {
    MakeEntry<PreparePrAuc>(
        "pr-auc",
        "average precision; mean over classes against the rest, or labels"),
    "PR AUC",
    true,
    1.0,
    HasClasses,
    false,
    {.worst = 0}};

}  // namespace mtlkit
