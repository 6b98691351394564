#include <limits>

#include "eval/group_mean.h"

namespace mtlkit {
namespace {

double PairsInOrder(std::span<const RankedRow> rows) {
  double pairs = 0;
  double right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      if (rows[i].y == rows[j].y) continue;
      ++pairs;
      if (rows[i].score == rows[j].score) {
        right += 0.5;
      } else if (rows[i].y > rows[j].y) {
        ++right;
      }
    }
  }
  return pairs > 0 ? right / pairs : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PreparePairAccuracy(const MetricRows& rows) {
  return MeanOverGroups(rows, PairsInOrder);
}

}  // namespace

extern const MetricEntry kPairAccuracy;
const MetricEntry kPairAccuracy = {
    MakeEntry<PreparePairAccuracy>(
        "pair-accuracy",
        "share of pairs of rows of a group with different labels that are "
        "scored in their order, equal scores counting half; mean over groups"),
    "pair accuracy",
    true,
    1.0,
    HasGroups,
    false,
    {.worst = 0, .of_groups = true}};

}  // namespace mtlkit
