#include "train/class_rows.h"

#include <cmath>

#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {

std::vector<Task> WithClassRows(std::vector<Task> tasks, const Dataset& data,
                                std::span<const Index> rows) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const bool is_map = tasks[t].traits().is_map;
    if (!tasks[t].traits().one_class && !is_map) continue;
    const LabelView labels(data, static_cast<Index>(t));
    std::vector<double>& counts = tasks[t].class_rows;
    counts.assign(tasks[t].classes.size(), 0);
    for (const Index row : rows) {
      labels.ForPlacesOf(row, [&](Index place) {
        if (!labels.HasLabel(place) || labels.Weight(place) <= 0) return;
        for (Index col = 0; col < labels.cols(); ++col) {
          const float label = labels.Value(place, col);
          if (!std::isnan(label)) ++counts[static_cast<std::size_t>(label)];
        }
      });
    }
  }
  return tasks;
}

}  // namespace mtlkit
