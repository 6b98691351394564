#include "eval/confusion.h"

namespace mtlkit {
namespace {

double Accuracy(const ClassCounts& counts) {
  double right = 0;
  for (Index i = 0; i < counts.known(); ++i) right += counts.Hits(i);
  return right / counts.total;  // 0/0: NaN, undefined
}

std::unique_ptr<Metric> PrepareAccuracy(const MetricRows& rows) {
  return FromClassCounts(rows, Accuracy);
}

}  // namespace

extern const MetricEntry kAccuracy;
const MetricEntry kAccuracy = {
    MakeEntry<PrepareAccuracy>("accuracy",
                               "share of rows whose class is predicted "
                               "(binary: probability above 1/2)"),
    "accuracy",
    true,
    1.0,
    HasOneClass,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
