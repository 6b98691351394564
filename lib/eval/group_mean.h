#pragma once

#include <functional>
#include <memory>
#include <span>

#include "eval/metric.h"

namespace mtlkit {

// A row of a group, as it was ranked.
struct RankedRow {
  double score = 0;
  double y = 0;
};

// The mean over groups of rows (MetricRows::groups; none: all rows are one) of
// a number of each, given its rows with labels in descending order of their
// scores. Groups of which it is NaN are left out. A group is where its first
// row with a label is, and has the weight of that.
std::unique_ptr<Metric> MeanOverGroups(
    const MetricRows& rows,
    const std::function<double(std::span<const RankedRow> rows)>& value);

// Calls visit(first, end) for the ranks [first, end) that share a score.
template <class Visit>
void ForTies(std::span<const RankedRow> rows, Visit visit) {
  std::size_t first = 0;
  while (first < rows.size()) {
    std::size_t end = first + 1;
    while (end < rows.size() && rows[end].score == rows[first].score) ++end;
    visit(first, end);
    first = end;
  }
}

}  // namespace mtlkit
