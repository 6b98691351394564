#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// What a network says of rows, before the link function: for each task, rows
// (of tasks of tokens these) x output_cols.
using NetworkOutputs = std::vector<std::vector<Real>>;

// Puts predictions (rows x prediction_cols) in the place of outputs, but of
// texts that are written, of which there are none.
void ApplyLinks(std::span<const Task> tasks, NetworkOutputs* outputs);

}  // namespace mtlkit
