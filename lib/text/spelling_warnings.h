#pragma once

#include <vector>

#include "base/reporter.h"
#include "text/column_scan.h"
#include "text/table_file.h"

namespace mtlkit {

// Warns of pairs of categories that are one but for their spelling, in
// different files. `warnings` counts them, and beyond `most` nothing more is
// said.
void WarnOfSpellings(const std::vector<TableFile>& files,
                     const ColumnScan& column, std::size_t most,
                     std::size_t* warnings, Reporter* reporter);

}  // namespace mtlkit
