#include <limits>

#include "eval/curve.h"

namespace mtlkit {
namespace {

// The probability that a positive row scores above a negative one, ties half.
class RocAuc {
 public:
  void Add(const TiedRows& group) {
    area_ += group.negative * (above_ + group.positive / 2);
    above_ += group.positive;
    negatives_ += group.negative;
  }
  double Value() const {
    const double pairs = above_ * negatives_;
    return pairs > 0 ? area_ / pairs : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double above_ = 0;  // weight of positives seen so far
  double negatives_ = 0;
  double area_ = 0;
};

std::unique_ptr<Metric> PrepareRocAuc(const MetricRows& rows) {
  return MeanOverCurves<RocAuc>(rows);
}

}  // namespace

extern const MetricEntry kRocAuc;
const MetricEntry kRocAuc = {
    MakeEntry<PrepareRocAuc>("roc-auc",
                             "area under the ROC curve; mean over classes "
                             "against the rest, or labels"),
    "ROC AUC",
    true,
    1.0,
    HasClasses,
    false,
    {.worst = 0}};

}  // namespace mtlkit
