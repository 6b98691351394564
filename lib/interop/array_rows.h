#pragma once

#include <span>
#include <string>

#include "interop/data_array.h"

// What arrays say of rows, beside inputs of them.
namespace mtlkit {

// Whether it is `id` or `ids`.
bool NamesRows(const DataArray& array);
// Whether it is `splits/NAME`; then that name.
bool IsSplit(const DataArray& array);
std::string SplitName(const DataArray& array);
// Whether it is one of these, or the list `weights` or `groups`.
bool IsOfRows(const DataArray& array);

// How many rows arrays are of, as the first of inputs says. kBadInput, naming
// it, where these are none.
Index RowsOf(std::span<const DataArray> arrays);

// Demands of an array that is no split that it has as many. kBadInput, naming
// it, for single values, too.
void RequireRows(const DataArray& array, Index rows);

}  // namespace mtlkit
