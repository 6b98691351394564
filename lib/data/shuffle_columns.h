#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The block with the cells of some columns in another order of rows: row i has
// those of row order[i], which holds every row once. Of a block without columns
// (images, texts), or where no columns are named, it is all of a row. `rows`
// are those of the block.
InputBlock ShuffleColumns(const InputBlock& block,
                          std::span<const Index> columns,
                          std::span<const Index> order);

}  // namespace mtlkit
