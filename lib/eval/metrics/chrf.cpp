#include "eval/chrf.h"

#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareChrf(const MetricRows& rows) {
  return SumOverTexts<ChrfCounts, ChrfOf>(rows, CountChrf);
}

}  // namespace

extern const MetricEntry kChrf;
const MetricEntry kChrf = {
    MakeEntry<PrepareChrf>("chrf",
                           "F2 of runs of 1 to 6 characters over all texts, 0 "
                           "to 100, as sacreBLEU has it (Popovic 2015)"),
    "chrF",
    true,
    100.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
