#include "eval/label_ranking.h"

namespace mtlkit {
namespace {

double Precision(const LabelRow& row) {
  const auto labels = static_cast<Index>(row.truth.size());
  if (row.relevant == 0 || row.relevant == labels) return 1.0;
  double sum = 0;
  for (std::size_t i = 0; i < row.truth.size(); ++i) {
    if (row.truth[i] < 0.5) continue;
    double above = 0;
    double hits = 0;
    for (std::size_t j = 0; j < row.truth.size(); ++j) {
      if (row.score[j] < row.score[i]) continue;
      ++above;
      hits += row.truth[j] > 0.5 ? 1.0 : 0.0;
    }
    sum += hits / above;
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
    "ranking prec.", true, 1.0, HasLabelSets};

}  // namespace mtlkit
