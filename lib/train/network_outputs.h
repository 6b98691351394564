#pragma once

#include <vector>

#include "base/view.h"

namespace mtlkit {

// What a network says of rows, before the link function: for each task, rows
// (of tasks of tokens these) x output_cols.
using NetworkOutputs = std::vector<std::vector<Real>>;

}  // namespace mtlkit
