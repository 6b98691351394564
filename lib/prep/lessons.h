#pragma once

#include <cmath>
#include <vector>

#include "data/label_view.h"

namespace mtlkit {

// The labels of one target column that something is learned from: of rows of
// training with a weight, in order.
class Lessons {
 public:
  Lessons(const std::vector<bool>& is_training, const LabelView& labels,
          Index col)
      : is_training_(is_training), labels_(labels), col_(col) {}

  template <class Visit>
  void ForEach(Visit visit) const {
    for (Index place = 0; place < labels_.places(); ++place) {
      if (!is_training_[At(labels_.RowOf(place))]) continue;
      const float value = labels_.Value(place, col_);
      if (std::isnan(value) || labels_.Weight(place) <= 0) continue;
      visit(static_cast<double>(value));
    }
  }

  Index count() const {
    Index count = 0;
    ForEach([&](double) { ++count; });
    return count;
  }

 private:
  const std::vector<bool>& is_training_;
  const LabelView& labels_;
  Index col_;
};

// Rows as a mark for each of `count`.
inline std::vector<bool> MarkRows(const std::vector<Index>& rows, Index count) {
  std::vector<bool> marks(At(count));
  for (const Index row : rows) marks[At(row)] = true;
  return marks;
}

}  // namespace mtlkit
