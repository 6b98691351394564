#pragma once

#include <vector>

#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/split.h"
#include "prep/table_columns.h"

namespace mtlkit {

// Sets the strata of `method` as --stratify says: to the classes of a task, or
// to the values of a column. kUsage for what no rows can be dealt out by: a
// regression, or a column of so many values that most have too few rows.
void Stratify(const Dataset& data, const std::vector<TableColumn>& columns,
              const PrepareOptions& options, SplitMethod* method);

// Sets the strata of `method` to the classes of a task, or to its labels where
// a row has several.
void StratifyByTask(const Dataset& data, Index task, SplitMethod* method);

}  // namespace mtlkit
