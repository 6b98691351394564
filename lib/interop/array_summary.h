#pragma once

#include <span>
#include <string>

#include "data/dataset.h"
#include "interop/data_array.h"

namespace mtlkit {

// "100 rows, 3 numbers, 1 category, ids; splits train 80, test 20".
std::string SummariseArrays(const Dataset& table);

// What to say of arrays that a file has as tasks, which as columns of a table
// are inputs like others; "" where there are none.
std::string WarningOfTasks(std::span<const DataArray> arrays);

}  // namespace mtlkit
