#include "eval/rouge.h"

#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

template <double Rouge::*kPart>
std::unique_ptr<Metric> PrepareRouge(const MetricRows& rows) {
  return MeanOverTexts(
      rows, [](const std::string& said, const std::string& truth) {
        return RougeOf(said, std::span(&truth, 1), RougeUnits::kWords).*kPart;
      });
}

}  // namespace

extern const MetricEntry kRougeOne;
const MetricEntry kRougeOne = {
    MakeEntry<PrepareRouge<&Rouge::one>>(
        "rouge-1",
        "F1 of words, a-z and 0-9 in lower case, the mean over texts, as the "
        "program rouge_score has it (Lin 2004)"),
    "ROUGE-1",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

extern const MetricEntry kRougeTwo;
const MetricEntry kRougeTwo = {
    MakeEntry<PrepareRouge<&Rouge::two>>(
        "rouge-2", "the same of pairs of words that stand beside each other"),
    "ROUGE-2",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

extern const MetricEntry kRougeLongest;
const MetricEntry kRougeLongest = {
    MakeEntry<PrepareRouge<&Rouge::longest>>(
        "rouge-l",
        "the same of the longest sequence of words that both texts have"),
    "ROUGE-L",
    true,
    1.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
