#include "eval/bleu.h"

#include "eval/text_metrics.h"

namespace mtlkit {
namespace {

double ScoreOfBleu(const BleuCounts& counts) {
  return BleuOf(counts).score;
}

std::unique_ptr<Metric> PrepareBleu(const MetricRows& rows) {
  return SumOverTexts<BleuCounts, ScoreOfBleu>(
      rows, [](const std::string& said, std::span<const std::string> truth) {
        return CountBleu(said, truth, BleuTokens::k13a);
      });
}

}  // namespace

extern const MetricEntry kBleu;
const MetricEntry kBleu = {
    MakeEntry<PrepareBleu>(
        "bleu",
        "shares of runs of 1 to 4 words that are right, over all texts, 0 to "
        "100, as sacreBLEU has it (Papineni et al. 2002; Post 2018; "
        "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp)"),
    "BLEU",
    true,
    100.0,
    HasWrittenTexts,
    false,
    {.worst = 0}};

}  // namespace mtlkit
