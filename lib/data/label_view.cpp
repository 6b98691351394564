#include "data/label_view.h"

#include <limits>

namespace mtlkit {

const float LabelView::kNoLabel = std::numeric_limits<float>::quiet_NaN();

LabelView::LabelView(const Dataset& dataset, Index task)
    : LabelView(dataset.tasks[At(task)], dataset.labels[At(task)],
                dataset.weights) {}

LabelView::LabelView(const Task& task, const Labels& labels,
                     std::span<const float> row_weights)
    : task_(task),
      labels_(labels),
      row_weights_(row_weights),
      cols_(task_.target_cols()),
      places_(labels_.PlaceCount(cols_)) {}

double LabelView::Weight(Index place) const {
  double weight = 1;
  if (!row_weights_.empty()) {
    weight = static_cast<double>(row_weights_[At(RowOf(place))]);
  }
  if (!labels_.weights.empty()) {
    weight *= static_cast<double>(labels_.weights[At(place)]);
  }
  return weight;
}

double LabelView::WeightOfRow(Index row) const {
  const Index place = PlaceOf(row);
  if (place >= 0) return Weight(place);
  return row_weights_.empty() ? 1.0
                              : static_cast<double>(row_weights_[At(row)]);
}

}  // namespace mtlkit
