#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "kernels/kernels.h"

namespace mtlkit {

// The rows of batches in the order of the tasks that they have labels of, where
// no row has labels of more than one: rows of domains, schools, directions of
// translation. Allocates when built only. Not thread-safe.
class RowsByTask {
 public:
  // `rows`: to learn from. `capacity`: of a batch.
  RowsByTask(const Dataset& data, std::span<const Index> rows, Index capacity);

  // Whether no row has labels of more than one task; else nothing can be
  // sorted.
  bool one_task_each() const { return one_task_each_; }

  // The rows of a batch: by task, those of a task as they come, then those of
  // none. Valid until the next call.
  std::span<const Index> Sort(std::span<const Index> rows);
  // Where those of each task are now, one range a task.
  std::span<const RowRange> ranges() const { return ranges_; }

 private:
  // The place of a row's task among the ranges; behind them: none.
  std::size_t PlaceOf(Index row) const { return task_of_row_[At(row)]; }

  bool one_task_each_ = true;
  std::vector<std::uint32_t> task_of_row_;
  std::vector<RowRange> ranges_;
  std::vector<std::size_t> ends_;  // while sorting
  std::vector<Index> sorted_;
};

}  // namespace mtlkit
