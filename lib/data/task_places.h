#pragma once

#include <algorithm>
#include <span>

#include "data/dataset.h"

namespace mtlkit {

// The places of a task among rows that are predicted one behind the other.
class TaskPlaces {
 public:
  // `labels` must outlive it.
  TaskPlaces(const Labels& labels, bool all_rows)
      : labels_(labels),
        has_own_(!labels.on_all_rows && !labels.rows.empty()),
        all_rows_(all_rows) {}

  // Whether every row has a place.
  bool on_all_rows() const { return !has_own_ || all_rows_; }

  // Calls `visit(i, label)` for rows[i] that have a place, with their place
  // among the labels, -1 for none. Rows ascend.
  template <class Visit>
  void ForRows(std::span<const Index> rows, Visit visit) const {
    if (rows.empty()) return;
    auto next =
        std::lower_bound(labels_.rows.begin(), labels_.rows.end(), rows[0]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Index label = labels_.on_all_rows ? rows[i] : -1;
      if (has_own_) {
        while (next != labels_.rows.end() && *next < rows[i]) ++next;
        const bool here = next != labels_.rows.end() && *next == rows[i];
        if (here) label = next - labels_.rows.begin();
        if (!here && !all_rows_) continue;
      }
      visit(i, label);
    }
  }

 private:
  const Labels& labels_;
  bool has_own_;
  bool all_rows_;
};

}  // namespace mtlkit
