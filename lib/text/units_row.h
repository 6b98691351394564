#pragma once

#include <string>
#include <vector>

#include "text/column_scan.h"

namespace mtlkit {

// Whether no cell of a row is a number.
bool HasNoNumber(const Row& row, char decimal);

// Throws kBadInput for units, or a second header, between header and rows:
// words in the first row of each of `files` files, `where` in the first, and
// numbers in all other rows of several columns. `where` is "" if that row has a
// number. Where columns have no names they may be these. Called when all cells
// are known and no type is decided yet.
void RequireNoUnits(const std::string& where, std::size_t files,
                    const std::vector<ColumnScan>& columns);

}  // namespace mtlkit
