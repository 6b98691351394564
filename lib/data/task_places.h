#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "data/dataset.h"

namespace mtlkit {

// The places of a task among rows that are predicted one behind the other.
class TaskPlaces {
 public:
  // `labels` must outlive it, and `starts`: of tasks of tokens where those of
  // each row of the dataset begin.
  TaskPlaces(const Labels& labels, bool all_rows,
             std::span<const std::int64_t> starts = {})
      : labels_(labels),
        has_own_(!labels.on_all_rows && !labels.rows.empty()),
        all_rows_(all_rows),
        starts_(starts) {}

  // Whether every row has one place.
  bool on_all_rows() const {
    return starts_.empty() && (!has_own_ || all_rows_);
  }

  // Calls `visit(i, label)` for rows[i] that have a place, with their place
  // among the labels, -1 for none; of tasks of tokens for each of these. Rows
  // ascend.
  template <class Visit>
  void ForRows(std::span<const Index> rows, Visit visit) const {
    if (rows.empty()) return;
    if (!starts_.empty()) return ForTokens(rows, visit);
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
  template <class Visit>
  void ForTokens(std::span<const Index> rows, Visit visit) const {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Index first = labels_.PlaceOf(rows[i]);
      const Index count = starts_[At(rows[i]) + 1] - starts_[At(rows[i])];
      for (Index j = 0; j < count; ++j) visit(i, first < 0 ? -1 : first + j);
    }
  }

  const Labels& labels_;
  bool has_own_;
  bool all_rows_;
  std::span<const std::int64_t> starts_;
};

}  // namespace mtlkit
