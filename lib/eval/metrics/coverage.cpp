#include <algorithm>

#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double Depth(const LabelRow& row) {
  Index deepest = 0;
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if (row.truth[i] < 0.5) continue;
    const Index rank =
        std::count_if(row.score.begin(), row.score.end(),
                      [&](double score) { return score >= row.score[i]; });
    deepest = std::max(deepest, rank);
  }
  return static_cast<double>(deepest);
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
    "coverage", false, 0.0, HasLabelSets};

}  // namespace mtlkit
