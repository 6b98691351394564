#include "eval/metric.h"

#include <cmath>

#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY AllMetrics
#define MTLKIT_REGISTRY_ENTRY MetricEntry
#define MTLKIT_REGISTRY_LIST "eval/metrics.def"
#include "base/registry_list.inc"

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
