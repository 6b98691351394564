#pragma once

#include <string_view>
#include <vector>

#include "text/column_scan.h"
#include "text/table_scan.h"

namespace mtlkit {

// ScanTable, and joins classes of the labels in front of SVMlight rows: those
// of `renames`, which have to be there (kUsage), and those of `model_renames`
// that are. They are called `label` or `labels`, or as the task of their file.
TableScan ScanRows(std::vector<TableFile>* files, const ScanOptions& options);

// Whether a column of --rename-class means these labels.
bool IsNameOfLabels(std::string_view name, const RowLabelScan& labels);

}  // namespace mtlkit
