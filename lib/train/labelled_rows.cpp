#include "train/labelled_rows.h"

namespace mtlkit {

std::vector<Index> LabelledRows(const Dataset& data, Index task) {
  const Labels& labels = data.labels[At(task)];
  const Index cols = data.tasks[At(task)].target_cols();
  std::vector<Index> rows;
  for (Index place = 0; place < labels.PlaceCount(cols); ++place) {
    const bool counts = labels.weights.empty() || labels.weights[At(place)] > 0;
    if (counts && labels.HasLabel(place, cols)) {
      rows.push_back(labels.RowOf(place));
    }
  }
  return rows;
}

}  // namespace mtlkit
