#pragma once

#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Demands of every fold what FitTasks demands of `train`, the training rows:
// without the fold's rows, every task has a label in each of its columns, and
// one whose labels are one class has two classes. kBadInput otherwise.
void RequireFoldTasks(const std::vector<Index>& train, const Dataset& dataset);

}  // namespace mtlkit
