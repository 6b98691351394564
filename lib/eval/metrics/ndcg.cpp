#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "eval/group_mean.h"

namespace mtlkit {
namespace {

double Discount(std::size_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 2);
}

// Rows of one score share the discounts of their ranks alike, as if each of
// their orders were as likely (McSherry and Najork, "Computing information
// retrieval performance measures efficiently in the presence of tied scores",
// 2008).
double Gain(std::span<const RankedRow> rows, std::size_t most) {
  double gain = 0;
  ForTies(rows, [&](std::size_t first, std::size_t end) {
    double discounts = 0;
    for (std::size_t i = first; i < std::min(end, most); ++i) {
      discounts += Discount(i);
    }
    double gains = 0;
    for (std::size_t i = first; i < end; ++i) gains += std::exp2(rows[i].y) - 1;
    gain += discounts * gains / static_cast<double>(end - first);
  });
  return gain;
}

// NaN where no row is of any relevance.
double GainRatio(std::span<const RankedRow> rows, std::size_t most) {
  std::vector<RankedRow> best;
  for (const RankedRow& row : rows) best.push_back({row.y, row.y});
  std::ranges::sort(best, std::greater<>(), &RankedRow::score);
  const double ideal = Gain(best, most);
  return ideal > 0 ? Gain(rows, most) / ideal
                   : std::numeric_limits<double>::quiet_NaN();
}

template <std::size_t kMost>
std::unique_ptr<Metric> PrepareNdcg(const MetricRows& rows) {
  return MeanOverGroups(rows, [](std::span<const RankedRow> ranked) {
    return GainRatio(ranked, kMost);
  });
}

}  // namespace

extern const MetricEntry kNdcg10;
const MetricEntry kNdcg10 = {
    MakeEntry<PrepareNdcg<10>>(
        "ndcg@10",
        "gains 2^y - 1, each by 1 / log2(rank + 1), of the first 10 rows of a "
        "group, in those of the best order; mean over groups (Jarvelin and "
        "Kekalainen 2002)"),
    "NDCG@10",
    true,
    1.0,
    HasGroups,
    false,
    {.worst = 0, .of_groups = true}};

extern const MetricEntry kNdcg5;
const MetricEntry kNdcg5 = {
    MakeEntry<PrepareNdcg<5>>("ndcg@5", "as ndcg@10, of the first 5 rows"),
    "NDCG@5",
    true,
    1.0,
    HasGroups,
    false,
    {.worst = 0, .of_groups = true}};

extern const MetricEntry kNdcg;
const MetricEntry kNdcg = {
    MakeEntry<PrepareNdcg<std::numeric_limits<std::size_t>::max()>>(
        "ndcg", "as ndcg@10, of all rows of a group"),
    "NDCG",
    true,
    1.0,
    HasGroups,
    false,
    {.worst = 0, .of_groups = true}};

}  // namespace mtlkit
