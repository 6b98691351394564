#include "eval/label_ranking.h"

#include <cmath>
#include <limits>
#include <vector>

#include "eval/row_mean.h"

namespace mtlkit {

std::unique_ptr<Metric> MeanOverLabelRankings(
    const MetricRows& rows, double (*measure)(const LabelRow& row)) {
  std::vector<double> truth;
  std::vector<double> score;
  return MeanOverRows(rows, [&](Index row) {
    truth.clear();
    score.clear();
    Index relevant = 0;
    for (Index label = 0; label < rows.target_cols; ++label) {
      const double y = rows.Y()(row, label);
      if (std::isnan(y)) continue;
      truth.push_back(y);
      score.push_back(rows.Output()(row, label));
      relevant += y > 0.5;
    }
    if (truth.empty()) return std::numeric_limits<double>::quiet_NaN();
    return measure({truth, score, relevant});
  });
}

}  // namespace mtlkit
