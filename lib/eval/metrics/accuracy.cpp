#include "eval/confusion.h"

namespace mtlkit {
namespace {

double Accuracy(const Confusion& confusion) {
  double right = 0;
  for (Index i = 0; i < confusion.classes; ++i) right += confusion.At(i, i);
  return right / confusion.Total();  // 0/0: NaN, undefined
}

std::unique_ptr<Metric> PrepareAccuracy(const MetricRows& rows) {
  return FromConfusion(rows, Accuracy);
}

}  // namespace

extern const MetricEntry kAccuracy;
const MetricEntry kAccuracy = {
    MakeEntry<PrepareAccuracy>("accuracy",
                               "share of rows whose class is predicted "
                               "(binary: probability above 1/2)"),
    "accuracy", true, 1.0, HasOneClass};

}  // namespace mtlkit
