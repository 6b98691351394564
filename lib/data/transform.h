#pragma once

#include <memory>
#include <vector>

namespace mtlkit {

// One fitted step of preparation: what `mtl-prep` did to the inputs, kept in
// the prepared dataset and copied into the model, so that raw tables can be
// given to `mtl-predict`. Immutable after fitting.
class Transform;

// The fitted steps in order of application. Copying shares the steps.
using Transforms = std::vector<std::shared_ptr<const Transform>>;

}  // namespace mtlkit
