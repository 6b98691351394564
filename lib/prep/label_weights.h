#pragma once

#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/used_columns.h"

namespace mtlkit {

// Gives labels the weights of --label-weight TASK=COLUMN, and uses the columns.
// kUsage where a flag names what is not there or a task twice; kBadInput where
// the weight of a label is no number from 0 on.
void ReadLabelWeights(const PrepareOptions& options, UsedColumns* columns,
                      Dataset* table);

}  // namespace mtlkit
