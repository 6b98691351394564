#pragma once

#include <vector>

#include "eval/joined_task.h"

namespace mtlkit {

// Files of one name (the folds of a cross-validation, say) become one model.
// Throws kBadInput if an id occurs twice, or tasks or classes differ.
std::vector<NamedPredictions> PoolByName(std::vector<NamedPredictions> files);

}  // namespace mtlkit
