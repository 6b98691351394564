#include "eval/rouge.h"

#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareRougeTwo(const MetricRows& rows) {
  return MeanOverTexts(
      rows, [](const std::string& said, const std::string& truth) {
        return RougeOf(said, std::span(&truth, 1), RougeUnits::kWords).two;
      });
}

}  // namespace

extern const MetricEntry kRougeTwo;
const MetricEntry kRougeTwo = {
    MakeEntry<PrepareRougeTwo>("rouge-2",
                               "F1 of pairs of words, a-z and 0-9 in lower "
                               "case, the mean over texts, as the "
                               "program rouge_score has it (Lin 2004)"),
    "ROUGE-2",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
