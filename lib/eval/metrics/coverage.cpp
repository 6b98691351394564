#include <algorithm>
#include <limits>

#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

// How many labels are scored as high as the lowest that is set.
double Depth(const LabelRow& row) {
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if (row.truth[i] > 0.5) lowest = std::min(lowest, row.score[i]);
  }
  return static_cast<double>(
      std::count_if(row.score.begin(), row.score.end(),
                    [&](double score) { return score >= lowest; }));
}

std::unique_ptr<Metric> PrepareCoverage(const MetricRows& rows) {
  return MeanOverLabelRankings(rows, Depth);
}

}  // namespace

extern const MetricEntry kCoverage;
const MetricEntry kCoverage = {
    MakeEntry<PrepareCoverage>(
        "coverage",
        "how many of the highest scored labels it takes to have all set ones "
        "(scikit-learn's; Mulan's is one less)"),
    "coverage",
    false,
    0.0,
    HasLabelSets,
    false,
    {.of_several_labels = true}};

}  // namespace mtlkit
