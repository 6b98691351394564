#pragma once

#include <vector>

#include "eval/prediction_source.h"

namespace mtlkit {

// Puts sources of one name and seed together: the folds of a cross-validation,
// whose rows stand behind each other. Seeds of one name follow one another.
// Throws kBadInput where they have different tasks, or a row twice, and where
// one model stands for several seeds.
std::vector<NamedSource> PoolByName(const std::vector<NamedSource>& sources);

}  // namespace mtlkit
