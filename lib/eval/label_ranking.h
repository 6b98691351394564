#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// One row of a multi-label task, its missing labels left out.
struct LabelRow {
  std::span<const double> truth;  // 0 or 1
  std::span<const double> score;
  Index relevant = 0;  // labels that are set
};

// The scores of some labels of a row in order, so that measures of ranks need
// no pass over the labels for each of them.
class ScoreRanks {
 public:
  // Of labels whose truth `chosen` likes.
  template <class Chosen>
  ScoreRanks(const LabelRow& row, Chosen chosen) {
    for (std::size_t i = 0; i < row.truth.size(); ++i) {
      if (chosen(row.truth[i])) scores_.push_back(row.score[i]);
    }
    std::sort(scores_.begin(), scores_.end());
  }

  // How many are scored as high.
  Index CountFrom(double score) const {
    return scores_.end() -
           std::lower_bound(scores_.begin(), scores_.end(), score);
  }

 private:
  std::vector<double> scores_;  // ascending
};

// The mean over rows of a measure of the ranking of a row's labels.
std::unique_ptr<Metric> MeanOverLabelRankings(
    const MetricRows& rows, double (*measure)(const LabelRow& row));

}  // namespace mtlkit
