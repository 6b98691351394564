#pragma once

#include <span>

#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Whether there is one for the outputs of a task: not for ordinal ones.
bool HasDivergence(const Task& task);

// KL(p || q) + KL(q || p) of what two networks say of each row, and its
// gradient by the first one's outputs (by the second's: exchange them).
// Multi-class: of the softmax; binary and multi-label: of each sigmoid, the
// mean over labels; regression: of normal distributions with deviation 1 in
// normalised units, which is the squared difference, the mean over columns.
// `gradient` is shaped as the outputs.
void SymmetricDivergence(const Task& task, ConstMatView p, ConstMatView q,
                         std::span<Real> row_values, MatView gradient);

}  // namespace mtlkit
