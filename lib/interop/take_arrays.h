#pragma once

#include <vector>

#include "interop/foreign_weights.h"
#include "interop/name_map.h"
#include "nn/model.h"
#include "train/warm_start.h"

namespace mtlkit {

// Copies arrays of another framework into the parameters and running statistics
// of `model`, by the rules of a map, or by the usual names where there are
// none. Matrices of dense layers are turned by the convention of their source
// (never by their shape, which says nothing of square ones) unless a rule says
// otherwise. Throws kUsage where a rule names an array or a parameter that is
// not there, a shape does not fit (both are named), columns are left out, and
// where nothing fits at all.
WarmStart TakeArrays(const ForeignWeights& source,
                     const std::vector<MapRule>& map, Model* model);

}  // namespace mtlkit
