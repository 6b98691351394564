#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double AllRight(const LabelRow& row) {
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if ((row.truth[i] > 0.5) != (row.score[i] > 0.5)) return 0.0;
  }
  return 1.0;
}

std::unique_ptr<Metric> PrepareSubsetAccuracy(const MetricRows& rows) {
  return MeanOverLabelRankings(rows, AllRight);
}

}  // namespace

extern const MetricEntry kSubsetAccuracy;
const MetricEntry kSubsetAccuracy = {
    MakeEntry<PrepareSubsetAccuracy>(
        "subset-accuracy",
        "share of rows whose labels are all predicted rightly"),
    "subset acc.",
    true,
    1.0,
    HasLabelSets,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
