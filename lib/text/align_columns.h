#pragma once

#include <string>
#include <vector>

#include "text/table_scan.h"

namespace mtlkit {

// Lets files be rows of one table whose columns stand in another order, or of
// which a split lacks columns that others have (the targets of rows to be
// predicted, say): their cells are missing there. Files without names of
// columns, and those that have columns of their own, are left as they are. Returns what the user
// should know.
std::vector<std::string> AlignColumns(std::vector<TableFile>* files);

}  // namespace mtlkit
