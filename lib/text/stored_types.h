#pragma once

#include <vector>

#include "text/column_scan.h"
#include "text/table_file.h"

namespace mtlkit {

// Gives columns whose type nobody has declared the one that a file knows
// (Column::stored), and categories where it knows texts from numbers and has no
// numbers; tells the readers which columns are ignored.
void UseStoredTypes(std::vector<TableFile>* files,
                    std::vector<ColumnScan>* columns);

}  // namespace mtlkit
