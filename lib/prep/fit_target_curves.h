#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Fits what the labels of tasks become before they are normalised (Task::
// curves) to those of the training rows `train`: what `requests` (TASK=NAME of
// --target-transform; TASK is a name or pattern) say, and what tasks have
// already. Tasks of one --task-per share theirs. A task that is no regression,
// an unknown name and a label outside of the domain are errors that say so.
void FitTargetCurves(const std::vector<std::string>& requests,
                     const std::vector<Index>& train, Dataset* dataset);

}  // namespace mtlkit
