#include "eval/confusion.h"

namespace mtlkit {
namespace {

// With one class a row this is the accuracy.
double MicroF1(const ClassCounts& counts) {
  double right = 0;
  for (Index i = 0; i < counts.known(); ++i) right += counts.Hits(i);
  return right / counts.total;
}

double MicroF1OfLabels(const ClassCounts& counts) {
  double hits = 0;
  double sizes = 0;
  for (Index i = 0; i < counts.known(); ++i) {
    hits += counts.Hits(i);
    sizes += counts.Truth(i) + counts.Predicted(i);
  }
  return sizes > 0 ? 2 * hits / sizes : 0;
}

std::unique_ptr<Metric> PrepareMicroF1(const MetricRows& rows) {
  return FromClassCounts(rows,
                         HasLabelSets(rows.type) ? MicroF1OfLabels : MicroF1);
}

}  // namespace

extern const MetricEntry kMicroF1;
const MetricEntry kMicroF1 = {
    MakeEntry<PrepareMicroF1>("micro-f1",
                              "F1 of all classes (labels) counted together"),
    "micro F1",
    true,
    1.0,
    HasClasses,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
