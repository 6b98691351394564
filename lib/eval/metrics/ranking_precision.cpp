#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double Precision(const LabelRow& row) {
  const auto labels = static_cast<Index>(row.truth.size());
  if (row.relevant == 0 || row.relevant == labels) return 1.0;
  const ScoreRanks all(row, [](double) { return true; });
  const ScoreRanks set(row, [](double truth) { return truth > 0.5; });
  double sum = 0;
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if (row.truth[i] < 0.5) continue;
    const auto hits = static_cast<double>(set.CountFrom(row.score[i]));
    sum += hits / static_cast<double>(all.CountFrom(row.score[i]));
  }
  return sum / static_cast<double>(row.relevant);
}

std::unique_ptr<Metric> PrepareRankingPrecision(const MetricRows& rows) {
  return MeanOverLabelRankings(rows, Precision);
}

}  // namespace

extern const MetricEntry kRankingPrecision;
const MetricEntry kRankingPrecision = {
    MakeEntry<PrepareRankingPrecision>("ranking-precision",
                                       "label ranking average precision: mean "
                                       "over set labels of the share of set "
                                       "ones among those scored as high"),
    "ranking prec.",
    true,
    1.0,
    HasLabelSets,
    false,
    {.worst = 0, .of_several_labels = true}};

}  // namespace mtlkit
