#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

// Classes that neither occur nor are predicted are left out.
double MacroF1(const Confusion& confusion) {
  double sum = 0;
  int present = 0;
  for (Index i = 0; i < confusion.classes; ++i) {
    if (confusion.Truth(i) + confusion.Predicted(i) <= 0) continue;
    sum += ClassF1(confusion, i);
    ++present;
  }
  return present > 0 ? sum / present : std::numeric_limits<double>::quiet_NaN();
}

// Mean over labels of the F1 of "set"; a label never set nor predicted is 0.
double MacroF1OfLabels(std::span<const Confusion> labels) {
  double sum = 0;
  double total = 0;
  for (const Confusion& label : labels) {
    sum += ClassF1(label, 1);
    total += label.Total();
  }
  return total > 0 ? sum / static_cast<double>(labels.size())
                   : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareMacroF1(const MetricRows& rows) {
  return HasLabelSets(rows.type) ? FromLabelConfusions(rows, MacroF1OfLabels)
                                 : FromConfusion(rows, MacroF1);
}

}  // namespace

extern const MetricEntry kMacroF1;
const MetricEntry kMacroF1 = {
    MakeEntry<PrepareMacroF1>("macro-f1",
                              "mean over classes (labels) of their F1"),
    "macro F1", true, 1.0, HasClasses};

}  // namespace mtlkit
