#include "eval/metric.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/head.h"

namespace mtlkit {

#define MTLKIT_REGISTRY AllMetrics
#define MTLKIT_REGISTRY_ENTRY MetricEntry
#define MTLKIT_REGISTRY_LIST "eval/metrics.def"
#include "base/registry_list.inc"

const MetricEntry& FindMetric(std::string_view name) {
  return FindEntry(AllMetrics(), "metric", name);
}

const MetricEntry& MainMetric(TaskType type) {
  return FindMetric(type.traits().main_metric);
}

const MetricEntry& MainMetric(const Task& task) {
  return MainMetric(task.form.value_or(task.type));
}

bool HasNumbers(TaskType type) {
  const HeadTraits& traits = type.traits();
  return !traits.has_classes && !traits.is_censored && !traits.is_ranking &&
         !traits.is_written;
}
bool HasClasses(TaskType type) {
  return type.traits().has_classes && !type.traits().is_map;
}
bool HasOneClass(TaskType type) {
  return type.traits().one_class && !type.traits().of_tokens;
}
bool HasTags(TaskType type) {
  return type.traits().of_tokens;
}
bool HasWrittenTexts(TaskType type) {
  return type.traits().is_written;
}
bool HasLabelSets(TaskType type) {
  return HasClasses(type) && !type.traits().one_class;
}
bool HasMaps(TaskType type) {
  return type.traits().is_map;
}

bool HasEvents(TaskType type) {
  return type.traits().is_censored;
}
bool HasGroups(TaskType type) {
  return type.traits().is_ranking;
}

bool HasRanks(TaskType type) {
  return type.traits().is_ordered;
}
bool HasLevels(TaskType type) {
  return type.traits().has_levels;
}

bool HasPositive(TaskType type) {
  return HasNumbers(type) && type.traits().least_label >= 0;
}

bool HasDeviation(TaskType type) {
  return type.traits().has_deviation;
}
bool HasSpread(TaskType type) {
  return HasLevels(type) || HasDeviation(type);
}

double MetricRows::Point(std::size_t cell) const {
  if (levels.empty()) {
    return output[cell * At(type.traits().predictions_per_column)];
  }
  const auto median = std::find(levels.begin(), levels.end(), 0.5);
  if (median == levels.end()) return std::numeric_limits<double>::quiet_NaN();
  return output[cell * levels.size() +
                static_cast<std::size_t>(median - levels.begin())];
}

bool MetricRows::has_class_columns() const {
  return type.traits().one_class && !type.traits().has_positive;
}

Index MetricRows::known_classes() const {
  return type.traits().has_positive ? 2 : output_cols;
}

MetricRows EmptyRows(const Task& task) {
  MetricRows rows;
  rows.type = task.form.value_or(task.type);
  rows.target_cols = task.target_cols();
  rows.output_cols = task.prediction_cols();
  rows.levels = task.levels;
  if (task.traits().of_tokens) rows.tags = task.classes;
  return rows;
}

double MetricError(const MetricEntry& entry, double value) {
  return std::abs(entry.perfect - value);
}

}  // namespace mtlkit
