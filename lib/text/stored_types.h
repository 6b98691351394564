#pragma once

#include <string>
#include <vector>

#include "text/column_scan.h"
#include "text/table_file.h"

namespace mtlkit {

// Gives columns whose type nobody has declared the one that a file knows
// (Column::stored), and categories where it knows texts from numbers and has no
// numbers, or where text alone is to be read as a model's categories; texts in
// its dates are dates (ScanOptions::known). How text writes dates says nothing
// of files that know theirs (ColumnScan::stored_dates). Tells the readers which
// columns are ignored.
void UseStoredTypes(const ScanOptions& options, std::vector<TableFile>* files,
                    std::vector<ColumnScan>* columns);

}  // namespace mtlkit
