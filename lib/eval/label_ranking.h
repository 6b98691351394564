#pragma once

#include <memory>
#include <span>

#include "eval/metric.h"

namespace mtlkit {

// One row of a multi-label task, its missing labels left out.
struct LabelRow {
  std::span<const double> truth;  // 0 or 1
  std::span<const double> score;
  Index relevant = 0;  // labels that are set
};

// The mean over rows of a measure of the ranking of a row's labels.
std::unique_ptr<Metric> MeanOverLabelRankings(
    const MetricRows& rows, double (*measure)(const LabelRow& row));

}  // namespace mtlkit
