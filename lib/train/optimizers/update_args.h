#pragma once

#include <algorithm>

#include "kernels/kernels.h"
#include "train/optimizer.h"

namespace mtlkit {

// What kernels of several rules take of a step.
inline void SetUpdate(const OptimizerStep& step, UpdateArgs* args) {
  args->parameters = step.weights.data();
  args->gradient = step.gradient.data();
  std::copy(step.slots.begin(), step.slots.end(), args->slots);
  args->size = static_cast<Index>(step.weights.size());
  args->rate = step.rate;
  args->decay = step.decay;
  args->gradient_scale = step.gradient_scale;
}

}  // namespace mtlkit
