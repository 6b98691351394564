#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// What a unit (a row, or a block of rows) adds to a cell: the sum of the
// weights of its rows that are there.
struct UnitCell {
  std::int32_t unit;
  std::int32_t cell;
  double weight;
};

// Sums of weights by block and cell: a table while that is small, else a list
// that is put together when it has grown, so that it holds at most twice the
// pairs that occur.
class BlockCells {
 public:
  BlockCells(Index blocks, Index cells);

  void Add(std::int32_t block, std::int32_t cell, double weight) {
    if (!table_.empty()) {
      table_[At(block * cells_ + cell)] += weight;
      return;
    }
    list_.push_back({block, cell, weight});
    if (list_.size() > most_) Shrink();
  }
  // By block, then cell, without cells of 0. Leaves nothing here.
  std::vector<UnitCell> Take();

 private:
  void Shrink();
  void PutTogether();

  Index cells_;
  std::vector<double> table_;
  std::vector<UnitCell> list_;
  std::size_t most_ = std::size_t{1} << 20;
};

}  // namespace mtlkit
