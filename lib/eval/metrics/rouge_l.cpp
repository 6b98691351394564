#include "eval/rouge.h"

#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareRougeLongest(const MetricRows& rows) {
  return MeanOverTexts(
      rows, [](const std::string& said, const std::string& truth) {
        return RougeOf(said, std::span(&truth, 1), RougeUnits::kWords).longest;
      });
}

}  // namespace

extern const MetricEntry kRougeLongest;
const MetricEntry kRougeLongest = {
    MakeEntry<PrepareRougeLongest>(
        "rouge-l",
        "F1 of the longest sequence of words that both texts have, a-z and 0-9 "
        "in lower case, the mean over texts, as the "
        "program rouge_score has it (Lin 2004)"),
    "ROUGE-L",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
