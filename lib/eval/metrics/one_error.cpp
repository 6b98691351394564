#include <algorithm>

#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double TopIsWrong(const LabelRow& row) {
  const auto top =
      std::max_element(row.score.begin(), row.score.end()) - row.score.begin();
  return row.truth[static_cast<std::size_t>(top)] > 0.5 ? 0.0 : 1.0;
}

std::unique_ptr<Metric> PrepareOneError(const MetricRows& rows) {
  return MeanOverLabelRankings(rows, TopIsWrong);
}

}  // namespace

extern const MetricEntry kOneError;
const MetricEntry kOneError = {
    MakeEntry<PrepareOneError>(
        "one-error", "share of rows whose highest scored label is not set"),
    "one-error",
    false,
    0.0,
    HasLabelSets,
    false,
    {.worst = 1, .of_several_labels = true}};

}  // namespace mtlkit
