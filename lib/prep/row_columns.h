#pragma once

#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/used_columns.h"

namespace mtlkit {

// Groups, weights and splits of rows that --group, --weight and --split-from
// take from columns, which are used then; weights also from a task that came
// with the file. kBadInput where a row lacks a group,
// or its weight is no number from 0 on.
void ReadRowColumns(const PrepareOptions& options, UsedColumns* columns,
                    Dataset* table);

}  // namespace mtlkit
