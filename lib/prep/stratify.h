#pragma once

#include "data/dataset.h"
#include "prep/split.h"

namespace mtlkit {

// Sets the strata of `method` to the classes of a task, or to its labels where
// a row has several.
void StratifyByTask(const Dataset& data, Index task, SplitMethod* method);

}  // namespace mtlkit
