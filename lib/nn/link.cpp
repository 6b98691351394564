#include "nn/link.h"

#include <cmath>
#include <utility>

#include "data/head.h"

namespace mtlkit {
namespace {

// Labels of column `col` of a task in `rows`, with a weight above 0.
WeightedLabels LabelsOf(const Dataset& dataset, Index task, Index col,
                        std::span<const Index> rows) {
  const Labels& labels = dataset.labels[static_cast<std::size_t>(task)];
  const Index cols =
      dataset.tasks[static_cast<std::size_t>(task)].target_cols();
  WeightedLabels found;
  std::size_t next = 0;  // in labels.rows
  for (const Index row : rows) {
    Index place = row;
    if (!labels.on_all_rows) {
      while (next < labels.rows.size() && labels.rows[next] < row) ++next;
      if (next == labels.rows.size()) break;
      if (labels.rows[next] != row) continue;
      place = static_cast<Index>(next);
    }
    const float value =
        labels.values[static_cast<std::size_t>(place * cols + col)];
    double weight = 1;
    if (!labels.weights.empty()) {
      weight *=
          static_cast<double>(labels.weights[static_cast<std::size_t>(place)]);
    }
    if (!dataset.weights.empty()) {
      weight *=
          static_cast<double>(dataset.weights[static_cast<std::size_t>(row)]);
    }
    if (std::isnan(value) || weight <= 0) continue;
    found.push_back({static_cast<double>(value), weight});
  }
  return found;
}

}  // namespace

void ApplyLink(const Task& task, ConstMatView outputs, MatView predictions) {
  task.head().Link(task, outputs, predictions);
}

std::vector<double> BestConstants(const Dataset& dataset, Index task,
                                  std::span<const Index> rows) {
  return BestConstants(dataset, task,
                       dataset.tasks[static_cast<std::size_t>(task)], rows);
}

std::vector<double> BestConstants(const Dataset& dataset, Index number,
                                  const Task& task,
                                  std::span<const Index> rows) {
  std::vector<WeightedLabels> columns;
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
