#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// What is to be said of the rows of a raw table that lose their labels since no
// task of --task-per is for them: of another value of its column, without one,
// or all of them where the table lacks the column. One text a column; empty
// where every row has its task.
std::vector<std::string> RowsOfNoTask(const std::vector<Task>& tasks,
                                      const Dataset& table);

}  // namespace mtlkit
