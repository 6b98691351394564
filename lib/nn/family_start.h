#pragma once

#include <span>

#include "data/task.h"
#include "nn/network.h"
#include "nn/params.h"

namespace mtlkit {

// Tasks that share out the rows of one column (TaskFamilies) begin with the
// same parameters, those of the first of them: what tells them apart is learned
// from their rows, of which each may have few, and not drawn. Of a layer whose
// columns are of one task each its columns, else the slices that no other task
// reaches, where they are of the same shapes.
void StartFamiliesAlike(std::span<const Task> tasks, const Network& network,
                        Block* weights);

}  // namespace mtlkit
