#include "eval/confusion.h"

namespace mtlkit {
namespace {

double Accuracy(const Confusion& confusion) {
  double right = 0;
  for (Index i = 0; i < confusion.classes; ++i) right += confusion.At(i, i);
  return right / confusion.Total();  // 0/0: NaN, undefined
}

}  // namespace

extern const MetricEntry kAccuracy;
const MetricEntry kAccuracy = {
    "accuracy",
    "accuracy",
    "share of rows whose class is predicted (binary: probability above 1/2)",
    true,
    1.0,
    HasOneClass,
    [](const MetricRows& rows) { return FromConfusion(rows, Accuracy); }};

}  // namespace mtlkit
