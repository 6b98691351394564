#pragma once

#include <string>
#include <vector>

#include "interop/data_array.h"

namespace mtlkit {

// Puts compressed rows in ascending columns. kBadInput, naming the array, where
// its parts do not fit together, or a column is twice in a row.
void SortSparse(DataArray* array);

// Turns what SciPy writes for a matrix, `data`, `indices`, `indptr`, `shape`
// and `format`, into one sparse array "sparse". kBadInput for other formats
// than csr, and as SortSparse.
void FoldSparse(std::vector<DataArray>* arrays);

}  // namespace mtlkit
