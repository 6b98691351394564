#pragma once

#include <vector>

#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/split.h"
#include "prep/table_columns.h"

namespace mtlkit {

// Sets the strata of `method` as --stratify says: to the classes of a task, or
// its labels where a row has several, the bins of a regression, or the values
// of a column; of more than one of these to the labels that a row has of all.
// With groups in `method` always to lists of labels. kUsage for what no rows
// can be dealt out by: a column of so many values that most have too few rows,
// a regression with too few labels.
void Stratify(const Dataset& data, const std::vector<TableColumn>& columns,
              const PrepareOptions& options, SplitMethod* method);

// The same by all tasks of the data, for parts of which the least has this
// fraction of the rows; a regression with too few labels has no say.
void StratifyByTasks(const Dataset& data, double least, SplitMethod* method);

// Numbers as bins of about equally many, at most `most`: equal numbers share
// one. -1 where a number is missing (NaN). Edges are those numbers that a k-th
// of all lies below.
std::vector<std::int64_t> QuantileBins(const std::vector<float>& numbers,
                                       Index most);

}  // namespace mtlkit
