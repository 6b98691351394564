#pragma once

#include <string>

#include "nn/model.h"

namespace mtlkit {

// What the user is told when a training that chose weights is over: the epochs
// that they are of, of each network (of many the first and the last), and the
// measures there. `is_each`: each task has kept an epoch of its own.
std::string KeptText(const Model& model, bool is_each);

}  // namespace mtlkit
