#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The labels of one task of a dataset with their weights: the one door through
// which everything reads them. A place is a row that can have a label, or a
// token of one; of a task on all rows they are the rows. The dataset must
// outlive it; any number of threads may share it.
class LabelView {
 public:
  LabelView(const Dataset& dataset, Index task);
  // The same of parts: `row_weights` has one a row, or is empty.
  LabelView(const Task& task, const Labels& labels,
            std::span<const float> row_weights);

  const Task& task() const { return task_; }
  Index cols() const { return cols_; }
  Index places() const { return places_; }
  Index RowOf(Index place) const { return labels_.RowOf(place); }
  // -1 where the row has none; the first where it has one for each token.
  Index PlaceOf(Index row) const { return labels_.PlaceOf(row); }
  // Calls visit(place) for all places of a row.
  template <class Visit>
  void ForPlacesOf(Index row, Visit visit) const {
    const Index first = PlaceOf(row);
    if (first < 0) return;
    const Index count = labels_.PlacesFrom(first);
    for (Index i = 0; i < count; ++i) visit(first + i);
  }

  // A number, a class, or 0 and 1; NaN is missing.
  float Value(Index place, Index col) const {
    return labels_.values[At(place * cols_ + col)];
  }
  // All of a place.
  template <class T>
  void CopyCells(Index place, T* to) const {
    labels_.values.CopyTo(At(place * cols_), At(cols_), to);
  }
  // Whether any cell is known.
  bool HasLabel(Index place) const { return labels_.HasLabel(place, cols_); }

  // Whether its class is one that the task does not know, and which.
  bool IsUnknown(Index place) const {
    return !labels_.unknown.places.empty() &&
           labels_.unknown.places[At(place)] >= 0;
  }
  const std::string& UnknownName(Index place) const {
    return labels_.unknown.names[At(labels_.unknown.places[At(place)])];
  }

  // Whether any weight can differ from 1.
  bool has_weights() const {
    return !row_weights_.empty() || !labels_.weights.empty();
  }
  // The weight of the row times the label's own, whether there is a label or
  // not.
  double Weight(Index place) const;
  // What weights may be divided by so that their sums stay finite in single
  // precision, without a change of any mean: a power of two near the largest
  // weight of a label, 1 unless that is very far from 1.
  double WeightUnit() const;
  // The same as Weight of a row that may have no place.
  double WeightOfRow(Index row) const;

  // Appends the cells of a row; NaN where it has no place.
  template <class T>
  void AppendRow(Index row, std::vector<T>* cells) const {
    const Index place = PlaceOf(row);
    for (Index col = 0; col < cols_; ++col) {
      cells->push_back(
          static_cast<T>(place < 0 ? kNoLabel : Value(place, col)));
    }
  }

 private:
  static const float kNoLabel;

  const Task& task_;
  const Labels& labels_;
  std::span<const float> row_weights_;
  Index cols_;
  Index places_;
};

}  // namespace mtlkit
