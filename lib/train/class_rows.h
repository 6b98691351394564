#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The tasks, with the numbers of labels of each class in these rows.
std::vector<Task> WithClassRows(std::vector<Task> tasks, const Dataset& data,
                                std::span<const Index> rows);

}  // namespace mtlkit
