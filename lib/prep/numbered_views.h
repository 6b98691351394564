#pragma once

#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Blocks whose columns are only numbered, as matrices of arrays are and
// features of SVMlight, are written to text as columns NAME.0, NAME.1 ... of a
// table without views. Makes such blocks again, of numbers, where `wanted` has
// one and `inputs` do not; of a dense one all columns from 0 on, in their
// order, have no names then, either. Throws kBadInput where a cell of a sparse
// one has no value.
std::vector<InputBlock> WithNumberedViews(const std::vector<InputSpec>& wanted,
                                          std::vector<InputBlock> inputs,
                                          const RowIds& ids, Index rows);

}  // namespace mtlkit
