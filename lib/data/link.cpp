#include "data/link.h"

#include <cmath>
#include <utility>

#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

// Labels of column `col` of a task in `rows`, with a weight above 0.
WeightedLabels LabelsOf(const Dataset& dataset, Index task, Index col,
                        std::span<const Index> rows) {
  const LabelView labels(dataset, task);
  WeightedLabels found;
  for (const Index row : rows) {
    labels.ForPlacesOf(row, [&](Index place) {
      const float value = labels.Value(place, col);
      const double weight = labels.Weight(place);
      if (std::isnan(value) || weight <= 0) return;
      found.push_back({static_cast<double>(value), weight});
    });
  }
  return found;
}

// Of a map: for each class the weight of all its pixels.
WeightedLabels PixelsOf(const Dataset& dataset, Index number, const Task& task,
                        std::span<const Index> rows) {
  const LabelView labels(dataset, number);
  std::vector<double> sums(task.classes.size());
  for (const Index row : rows) {
    const Index place = labels.PlaceOf(row);
    if (place < 0) continue;
    const double weight = labels.Weight(place);
    for (Index col = 0; col < labels.cols() && weight > 0; ++col) {
      const float value = labels.Value(place, col);
      if (!std::isnan(value)) sums[static_cast<std::size_t>(value)] += weight;
    }
  }
  WeightedLabels found;
  for (std::size_t k = 0; k < sums.size(); ++k) {
    if (sums[k] > 0) found.push_back({static_cast<double>(k), sums[k]});
  }
  return found;
}

}  // namespace

void ApplyLink(const Task& task, ConstMatView outputs, MatView predictions) {
  task.head().Link(task, outputs, predictions);
}

std::vector<double> BestConstants(const Dataset& dataset, Index task,
                                  std::span<const Index> rows) {
  return BestConstants(dataset, task, dataset.tasks[At(task)], rows);
}

std::vector<double> BestConstants(const Dataset& dataset, Index number,
                                  const Task& task,
                                  std::span<const Index> rows) {
  std::vector<WeightedLabels> columns;
  if (task.traits().is_map) {
    columns.push_back(PixelsOf(dataset, number, task, rows));
    if (columns.back().empty()) return {};
    return task.head().Constants(task, columns);
  }
  for (Index col = 0; col < task.target_cols(); ++col) {
    columns.push_back(LabelsOf(dataset, number, col, rows));
    if (columns.back().empty()) return {};
  }
  return task.head().Constants(task, columns);
}

std::vector<std::vector<Real>> ConstantOutputs(
    const Task& task, std::span<const double> constants) {
  return task.head().ConstantOutputs(task, constants);
}

}  // namespace mtlkit
