#pragma once

#include "data/dataset.h"
#include "data/known_columns.h"

namespace mtlkit {

// What is known of the columns of the table behind `transforms` (of one that is
// not prepared, of `schema`), and of those that the tasks of `schema` are read
// from.
KnownViews ColumnsKnown(const TransformRecords& transforms,
                        const Schema& schema);

}  // namespace mtlkit
