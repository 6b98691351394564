#pragma once

#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"

namespace mtlkit {

// Fits what the labels of tasks become before they are normalised (Task::
// curves) to those of the training rows `train`: what `requests` (TASK=NAME of
// --target-transform; TASK is a name or pattern, NAME "none" takes away what
// one before gave) say, and what tasks have already. Tasks of one --task-per
// share theirs. Tasks that are no regressions are left out of a pattern, which
// `reporter` (or null) tells. A name that is of no regression, an unknown name
// and a label outside of the domain are errors that say so.
void FitTargetCurves(const std::vector<std::string>& requests,
                     const std::vector<Index>& train, Dataset* dataset,
                     Reporter* reporter);

}  // namespace mtlkit
