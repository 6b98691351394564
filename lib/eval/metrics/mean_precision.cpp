#include <limits>

#include "eval/group_mean.h"

namespace mtlkit {
namespace {

// Rows with a label above 0 are relevant. Of rows with one score all are read
// before any counts.
double AveragePrecision(std::span<const RankedRow> rows) {
  double found = 0;
  double sum = 0;
  ForTies(rows, [&](std::size_t first, std::size_t end) {
    double here = 0;
    for (std::size_t i = first; i < end; ++i) here += rows[i].y > 0 ? 1 : 0;
    found += here;
    sum += here * found / static_cast<double>(end);
  });
  return found > 0 ? sum / found : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareMeanPrecision(const MetricRows& rows) {
  return MeanOverGroups(rows, AveragePrecision);
}

}  // namespace

extern const MetricEntry kMeanPrecision;
const MetricEntry kMeanPrecision = {
    MakeEntry<PrepareMeanPrecision>(
        "map",
        "share of relevant rows (label above 0) among those ranked as high, "
        "mean over the relevant rows of a group, then over groups (mean "
        "average "
        "precision)"),
    "MAP",
    true,
    1.0,
    HasGroups,
    false,
    {.worst = 0, .of_groups = true}};

}  // namespace mtlkit
