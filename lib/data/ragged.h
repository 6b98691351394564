#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

// What kinds whose rows have a number of entries of their own have in common.
namespace mtlkit::internal {

// The sum of the `rows` longest rows.
Index MostEntries(const InputBlock& block, Index rows);

// Demands row starts of `entries` entries: from 0 to their number, never
// falling. The bound is checked for each row before its entries are read.
void CheckStarts(const InputBlock& block, Index rows, Index entries,
                 const std::string& what);

// Makes `memory` large enough for these rows. More than was reserved is needed
// only where rows are repeated.
template <class T>
void MakeRoom(const InputBlock& block, std::span<const Index> rows,
              std::vector<T>* memory) {
  Index entries = 0;
  for (const Index row : rows) {
    entries += block.row_starts[row + 1] - block.row_starts[row];
  }
  if (entries > std::ssize(*memory)) memory->resize(At(entries));
}

}  // namespace mtlkit::internal
