#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/reporter.h"
#include "text/table_plan.h"
#include "text/table_scan.h"

namespace mtlkit {

// "48842 rows, 6 numbers, 9 categories; task labels (6 labels)".
std::string SummariseTable(const TableScan& scan, const TablePlan& plan);

// One line a column: its type, what it holds, and where it goes.
void ReportColumns(const TableScan& scan, const TablePlan& plan,
                   Reporter* reporter);

// Warns of categories of two splits that differ only by a trailing dot or by
// case, of names that occur twice, of decimal commas and of what looks like
// free text.
void WarnOfColumns(const std::vector<TableFile>& files, const TableScan& scan,
                   Reporter* reporter);

// Warns of columns without values; of a model's it is not the type that is
// wrong.
void WarnOfNoValues(const TableScan& scan, bool for_model, Reporter* reporter);

// Warns of numbers that a decimal comma may have made of others: 1.234 of
// "1,234".
void WarnOfGroups(const TableScan& scan, Reporter* reporter);

// Warns of usual markers of missing values that are values of categories, since
// `chosen` (of --missing) took their place.
void WarnOfMarkers(const std::vector<std::string>& chosen,
                   const TableScan& scan, Reporter* reporter);

}  // namespace mtlkit
