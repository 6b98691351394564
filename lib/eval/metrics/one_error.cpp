#include <algorithm>

#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double TopIsWrong(const LabelRow& row) {
  const auto top =
      std::max_element(row.score.begin(), row.score.end()) - row.score.begin();
  return row.truth[static_cast<std::size_t>(top)] > 0.5 ? 0.0 : 1.0;
}

}  // namespace

extern const MetricEntry kOneError;
const MetricEntry kOneError = {
    "one-error",
    "one-error",
    "share of rows whose highest scored label is not set",
    false,
    0.0,
    HasLabelSets,
    [](const MetricRows& rows) {
      return MeanOverLabelRankings(rows, TopIsWrong);
    }};

}  // namespace mtlkit
