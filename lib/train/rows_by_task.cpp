#include "train/rows_by_task.h"

#include <algorithm>

#include "train/labelled_rows.h"

namespace mtlkit {

RowsByTask::RowsByTask(const Dataset& data, std::span<const Index> rows,
                       Index capacity)
    : ranges_(data.tasks.size()),
      ends_(data.tasks.size() + 1),
      sorted_(At(capacity)) {
  const auto none = static_cast<std::uint32_t>(data.tasks.size());
  std::vector<bool> is_seen(At(data.rows));
  for (const Index row : rows) is_seen[At(row)] = true;
  task_of_row_.assign(At(data.rows), none);
  for (std::uint32_t task = 0; task < none && one_task_each_; ++task) {
    for (const Index row : LabelledRows(data, static_cast<Index>(task))) {
      if (!is_seen[At(row)]) continue;
      one_task_each_ = one_task_each_ && task_of_row_[At(row)] == none;
      task_of_row_[At(row)] = task;
    }
  }
}

std::span<const Index> RowsByTask::Sort(std::span<const Index> rows) {
  std::ranges::fill(ends_, 0);
  for (const Index row : rows) ++ends_[PlaceOf(row)];
  std::size_t first = 0;
  for (std::size_t place = 0; place < ends_.size(); ++place) {
    const std::size_t count = ends_[place];
    if (place < ranges_.size()) {
      ranges_[place] = {static_cast<Index>(first), static_cast<Index>(count)};
    }
    ends_[place] = first;
    first += count;
  }
  for (const Index row : rows) sorted_[ends_[PlaceOf(row)]++] = row;
  return std::span(sorted_).first(rows.size());
}

}  // namespace mtlkit
