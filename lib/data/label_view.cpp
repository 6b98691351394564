#include "data/label_view.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
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

double LabelView::WeightUnit() const {
  constexpr int kFar = 40;
  if (!has_weights()) return 1;
  double most = 0;
  for (Index place = 0; place < places_; ++place) {
    if (HasLabel(place)) most = std::max(most, Weight(place));
  }
  if (most == 0) return 1;
  const int exponent = std::ilogb(most);
  return std::abs(exponent) > kFar ? std::ldexp(1.0, exponent) : 1;
}

double LabelView::WeightOfRow(Index row) const {
  const Index place = PlaceOf(row);
  if (place >= 0) return Weight(place);
  return row_weights_.empty() ? 1.0
                              : static_cast<double>(row_weights_[At(row)]);
}

}  // namespace mtlkit
