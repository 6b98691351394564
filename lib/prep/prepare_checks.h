#pragma once

#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "prep/transform.h"

namespace mtlkit {

// Refuses new splits of inputs that were prepared before: rows that scaling was
// fitted to cannot be held out any more.
void RequireRefit(const Dataset& data, bool has_new_splits);

// Warns where splits that were not made by group cut groups.
void WarnOfCutGroups(const Dataset& data, Reporter* reporter);

// Refuses blocks of numbers and codes that would take more than `max_size`.
void RequireWithin(const std::vector<InputSpec>& inputs, Index rows,
                   const std::string& max_size);

// The same of sparse blocks: what `transforms` make of `table`. The entries
// that they add are taken to be as many in every row as in the first ones.
void RequireSparseWithin(const std::vector<InputSpec>& inputs,
                         const Dataset& table, const Transforms& transforms,
                         const std::string& max_size);

}  // namespace mtlkit
