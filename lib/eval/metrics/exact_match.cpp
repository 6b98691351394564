#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareExactMatch(const MetricRows& rows) {
  return MeanOverTexts(rows, std::equal_to<>());
}

}  // namespace

extern const MetricEntry kExactMatch;
const MetricEntry kExactMatch = {
    MakeEntry<PrepareExactMatch>(
        "exact-match",
        "share of texts that are those that are true, to the byte"),
    "exact match",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
