#pragma once

#include "contract/layer_run.h"

namespace mtlkit::contract {

inline constexpr bool kDouble = sizeof(Real) == sizeof(double);

double Dot(const AlignedVector& a, const AlignedVector& b);
bool IsFinite(const AlignedVector& values);

// That the gradients of a run are those of finite differences, along a random
// direction in the space of all inputs and parameters.
void CheckGradients(Seed seed, Index draw, LayerRun* run);

}  // namespace mtlkit::contract
