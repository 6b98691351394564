#include "eval/confusion.h"

namespace mtlkit {
namespace {

// With one class a row this is the accuracy.
double MicroF1(const Confusion& confusion) {
  double right = 0;
  for (Index i = 0; i < confusion.classes; ++i) right += confusion.At(i, i);
  return right / confusion.Total();
}

double MicroF1OfLabels(std::span<const Confusion> labels) {
  double hits = 0;
  double sizes = 0;
  for (const Confusion& label : labels) {
    hits += label.At(1, 1);
    sizes += label.Truth(1) + label.Predicted(1);
  }
  return sizes > 0 ? 2 * hits / sizes : 0;
}

}  // namespace

extern const MetricEntry kMicroF1;
const MetricEntry kMicroF1 = {"micro-f1",
                              "micro F1",
                              "F1 of all classes (labels) counted together",
                              true,
                              1.0,
                              HasClasses,
                              [](const MetricRows& rows) {
                                return HasLabelSets(rows.type)
                                           ? FromLabelConfusions(
                                                 rows, MicroF1OfLabels)
                                           : FromConfusion(rows, MicroF1);
                              }};

}  // namespace mtlkit
