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

std::unique_ptr<Metric> PrepareMicroF1(const MetricRows& rows) {
  return HasLabelSets(rows.type) ? FromLabelConfusions(rows, MicroF1OfLabels)
                                 : FromConfusion(rows, MicroF1);
}

}  // namespace

extern const MetricEntry kMicroF1;
const MetricEntry kMicroF1 = {
    MakeEntry<PrepareMicroF1>("micro-f1",
                              "F1 of all classes (labels) counted together"),
    "micro F1", true, 1.0, HasClasses};

}  // namespace mtlkit
