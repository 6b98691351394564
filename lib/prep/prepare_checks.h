#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/table_columns.h"
#include "prep/transform.h"

namespace mtlkit {

// Refuses new splits of inputs that were prepared before: rows that scaling was
// fitted to cannot be held out any more.
void RequireRefit(const Dataset& data, bool has_new_splits);

// Columns that --task names without a type and that hold two different numbers.
// Of chosen rows that have one of them only, the other is not to be forgotten:
// what is left would pass for a regression.
std::set<std::string> TwoValuedTasks(const Dataset& table,
                                     const PrepareOptions& options);
// Refuses such a task that is a regression of the chosen rows.
void RequireBothValues(const std::set<std::string>& two_valued,
                       const Task& task);

// "a, b, c", the first 20.
std::string NamesOfColumns(const std::vector<TableColumn>& columns);

// Says that splits that were not made by group cut groups; "" if none does.
std::string CutGroups(const Dataset& data);

// Refuses labels that would take more than `max_size`.
void RequireLabelsWithin(const std::vector<Task>& tasks, Index rows,
                         const std::string& max_size);

// Refuses blocks of numbers and codes that would take more than `max_size`.
void RequireWithin(const std::vector<InputSpec>& inputs, Index rows,
                   const std::string& max_size);

// The same of sparse blocks: what `transforms` make of `table`. The entries
// that they add are taken to be as many in every row as in the first ones.
void RequireSparseWithin(const std::vector<InputSpec>& inputs,
                         const Dataset& table, const Transforms& transforms,
                         const std::string& max_size);

}  // namespace mtlkit
