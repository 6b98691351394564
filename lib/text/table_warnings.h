#pragma once

#include <vector>

#include "base/reporter.h"
#include "text/convert_options.h"
#include "text/table_file.h"
#include "text/table_scan.h"

namespace mtlkit {

// Warns of what a table seems to be but may not be. Of rows for a model, or
// like those of another file, it is settled what columns are taken for: there
// is no word of that, nor of flags that say it.
void WarnOfTable(const std::vector<TableFile>& files, const TableScan& scan,
                 const ConvertOptions& options, Reporter* reporter);

}  // namespace mtlkit
