#pragma once

#include <vector>

#include "eval/prediction_source.h"

namespace mtlkit {

// Puts sources of one name together: the folds of a cross-validation, whose
// rows stand behind each other. Throws kBadInput where they have different
// tasks, or a row twice.
std::vector<NamedSource> PoolByName(const std::vector<NamedSource>& sources);

}  // namespace mtlkit
