#pragma once

#include <span>
#include <string>

#include "data/task.h"

namespace mtlkit {

// Why predictions of two lists of tasks cannot be put together, as a clause
// with what holds of the first list first: "task 'pay' is a regression here and
// binary there". "" where they can: the same tasks in the same order, of one
// kind (IsSameKind) and with the same classes in the same order.
std::string TaskDifference(std::span<const Task> here,
                           std::span<const Task> there);

}  // namespace mtlkit
