#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

// Classes that neither occur nor are predicted are left out.
double MacroF1(const ClassCounts& counts) {
  double sum = 0;
  int present = 0;
  for (Index i = 0; i < counts.classes(); ++i) {
    if (counts.Truth(i) + counts.Predicted(i) <= 0) continue;
    sum += ClassF1(counts, i);
    ++present;
  }
  return present > 0 ? sum / present : std::numeric_limits<double>::quiet_NaN();
}

// Mean over labels of the F1 of "set"; a label never set nor predicted is 0.
double MacroF1OfLabels(const ClassCounts& counts) {
  double sum = 0;
  for (Index i = 0; i < counts.known(); ++i) sum += ClassF1(counts, i);
  return counts.total > 0 ? sum / static_cast<double>(counts.known())
                          : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareMacroF1(const MetricRows& rows) {
  return FromClassCounts(rows,
                         HasLabelSets(rows.type) ? MacroF1OfLabels : MacroF1);
}

}  // namespace

extern const MetricEntry kMacroF1;
const MetricEntry kMacroF1 = {
    MakeEntry<PrepareMacroF1>("macro-f1",
                              "mean over classes (labels) of their F1"),
    "macro F1",
    true,
    1.0,
    HasClasses,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
