#include "eval/metric.h"

#include <array>
#include <cmath>

#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_ENTRY(entry) extern const MetricEntry entry;
#include "eval/metrics.def"
#undef MTLKIT_ENTRY

std::span<const MetricEntry* const> AllMetrics() {
  static constexpr std::array kEntries = {
#define MTLKIT_ENTRY(entry) &entry,
#include "eval/metrics.def"
#undef MTLKIT_ENTRY
  };
  return kEntries;
}

const MetricEntry& FindMetric(std::string_view name) {
  return FindEntry(AllMetrics(), "metric", name);
}

const MetricEntry& MainMetric(TaskType type) {
  switch (type) {
    case TaskType::kBinary:
      return kRocAuc;
    case TaskType::kMulticlass:
      return kAccuracy;
    case TaskType::kMultilabel:
      return kHammingLoss;
    case TaskType::kRegression:
      break;
  }
  return kRmse;
}

double MetricError(const MetricEntry& entry, double value) {
  return std::abs(entry.perfect - value);
}

}  // namespace mtlkit
