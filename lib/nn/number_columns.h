#pragma once

#include <span>

#include "nn/arch.h"

namespace mtlkit {

// Says in `options->numbers` which columns are numbers, unless it says so
// already: those of the dense blocks in use, counted through all of these, that
// have more than two values in the rows (of many a sample, always the same).
// Switches, as of categories, stay what they are. Without rows, or where all
// columns are some, it stays as it is. So many columns that their pieces would
// be more than 8192 get fewer, unless the text says how many, or none.
void ChooseNumberColumns(const Dataset& dataset, std::span<const Index> rows,
                         ArchOptions* options);
// How many it chooses, whatever the text says.
Index CountNumberColumns(const Dataset& dataset, std::span<const Index> rows,
                         const ArchOptions& options);

}  // namespace mtlkit
