#include "data/label_view.h"

#include <limits>

namespace mtlkit {

const float LabelView::kNoLabel = std::numeric_limits<float>::quiet_NaN();

LabelView::LabelView(const Dataset& dataset, Index task)
    : dataset_(dataset),
      task_(dataset.tasks[At(task)]),
      labels_(dataset.labels[At(task)]),
      cols_(task_.target_cols()),
      places_(labels_.PlaceCount(cols_)) {}

double LabelView::Weight(Index place) const {
  double weight = 1;
  if (!dataset_.weights.empty()) {
    weight = static_cast<double>(dataset_.weights[At(RowOf(place))]);
  }
  if (!labels_.weights.empty()) {
    weight *= static_cast<double>(labels_.weights[At(place)]);
  }
  return weight;
}

double LabelView::WeightOfRow(Index row) const {
  const Index place = PlaceOf(row);
  if (place >= 0) return Weight(place);
  return dataset_.weights.empty()
             ? 1.0
             : static_cast<double>(dataset_.weights[At(row)]);
}

}  // namespace mtlkit
