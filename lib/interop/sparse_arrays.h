#pragma once

#include <vector>

#include "interop/data_array.h"

namespace mtlkit {

// Puts compressed rows in ascending columns. kBadInput, naming the array, where
// its parts do not fit together, or a column is twice in a row.
void SortSparse(DataArray* array);

// Turns compressed columns, whose starts and rows `row_starts` and `indices`
// are, into compressed rows, sorted; memory grows with its entries. kBadInput
// as SortSparse, and for many more rows than entries.
void TurnSparse(DataArray* array);

// Whether these are what SciPy writes for a matrix: `data`, `shape` and
// `format`, and what else that format has.
bool AreSparse(const std::vector<DataArray>& arrays);

// Turns these into one sparse array "sparse". kBadInput for other formats than
// csr and csc, and as SortSparse.
void FoldSparse(std::vector<DataArray>* arrays);

}  // namespace mtlkit
