#pragma once

#include "text/table_file.h"

namespace mtlkit {

// Throws kBadInput unless two files of one table have the same columns,
// declared alike.
void RequireSameColumns(const TableFile& file, const TableFile& beside);

}  // namespace mtlkit
