#pragma once

#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"

namespace mtlkit {

// Refuses new splits of inputs that were prepared before: rows that scaling was
// fitted to cannot be held out any more.
void RequireRefit(const Dataset& data, bool has_new_splits);

// Warns where splits that were not made by group cut groups.
void WarnOfCutGroups(const Dataset& data, Reporter* reporter);

// Refuses inputs that would take more than `max_size`. Sparse blocks have what
// the table has, or an entry a category column.
void RequireWithin(const std::vector<InputSpec>& inputs, Index rows,
                   const std::string& max_size);

}  // namespace mtlkit
