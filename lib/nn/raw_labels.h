#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The labels of a task from the columns of a table in which it has not been
// declared: the column called as the task (multi-label: columns called as its
// labels). So predictions on a raw table carry what is true where the table
// knows it. Values that are no class of the task and columns that are not
// there give no label.
Labels RawLabels(const Task& task, const Dataset& table);

// The names in that column of a task with one class a row that are no class of
// the task and occur in the rows.
std::vector<std::string> UnknownClasses(const Task& task, const Dataset& table);

}  // namespace mtlkit
