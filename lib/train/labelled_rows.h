#pragma once

#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The rows in which a task has a label of some weight, ascending.
std::vector<Index> LabelledRows(const Dataset& data, Index task);

}  // namespace mtlkit
