#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"
#include "interop/data_array.h"

namespace mtlkit {

// Whether these are a sparse matrix as SciPy writes it: `data`, `indices`,
// `indptr`, `shape` and `format`.
bool AreSparseArrays(std::span<const DataArray> arrays);

// Compressed rows ("csr") as the block `sparse`, in ascending columns, with
// `*rows` rows. kBadInput for other formats, and for what does not fit
// together.
InputBlock SparseBlockOf(std::vector<DataArray> arrays, Index* rows);

}  // namespace mtlkit
