#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Which tasks are one column on the rows of different groups (--task-per): for
// each the number of its family, from 0 on; -1 for a task by itself. Tasks
// whose labels become different things (Task::curves) are of different
// families.
std::vector<Index> TaskFamilies(std::span<const Task> tasks);

// The same as lists of tasks, ascending.
std::vector<std::vector<Index>> MembersOfFamilies(std::span<const Task> tasks);

}  // namespace mtlkit
