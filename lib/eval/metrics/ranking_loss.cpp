#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

// Rows without or with all labels set have no pair and count 0.
double WrongPairs(const LabelRow& row) {
  const auto labels = static_cast<Index>(row.truth.size());
  if (row.relevant == 0 || row.relevant == labels) return 0.0;
  const ScoreRanks unset(row, [](double truth) { return truth < 0.5; });
  Index wrong = 0;
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if (row.truth[i] > 0.5) wrong += unset.CountFrom(row.score[i]);
  }
  return static_cast<double>(wrong) /
         static_cast<double>(row.relevant * (labels - row.relevant));
}

std::unique_ptr<Metric> PrepareRankingLoss(const MetricRows& rows) {
  return MeanOverLabelRankings(rows, WrongPairs);
}

}  // namespace

extern const MetricEntry kRankingLoss;
const MetricEntry kRankingLoss = {
    MakeEntry<PrepareRankingLoss>("ranking-loss",
                                  "share of pairs of a set and an unset label "
                                  "that are ordered wrongly, ties "
                                  "counted as wrong"),
    "ranking loss",
    false,
    0.0,
    HasLabelSets,
    false,
    {.worst = 1, .of_several_labels = true}};

}  // namespace mtlkit
