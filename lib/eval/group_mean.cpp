#include "eval/group_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "eval/row_mean.h"

namespace mtlkit {

std::unique_ptr<Metric> MeanOverGroups(
    const MetricRows& rows,
    const std::function<double(std::span<const RankedRow> rows)>& value) {
  const auto group = [&](Index row) {
    return rows.groups.empty() ? 0 : rows.groups[At(row)];
  };
  std::vector<Index> order(At(rows.rows));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, {}, group);
  std::vector<double> values(At(rows.rows),
                             std::numeric_limits<double>::quiet_NaN());
  std::vector<RankedRow> ranked;
  std::size_t at = 0;
  while (at < order.size()) {
    const std::int64_t number = group(order[at]);
    Index first = -1;
    ranked.clear();
    for (; at < order.size() && group(order[at]) == number; ++at) {
      const std::size_t row = At(order[at]);
      if (std::isnan(rows.y[row])) continue;
      if (first < 0) first = order[at];
      ranked.push_back({rows.output[row], rows.y[row]});
    }
    if (first < 0) continue;
    std::ranges::sort(ranked, std::greater<>(), &RankedRow::score);
    values[At(first)] = value(ranked);
  }
  return std::make_unique<RowMean>(std::move(values), 1);
}

}  // namespace mtlkit
