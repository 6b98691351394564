#include "train/divergence.h"

#include <cassert>

#include "data/head.h"
#include "data/output_distance.h"

namespace mtlkit {

bool HasDivergence(const Task& task) {
  return task.head().distance().has_divergence();
}

void SymmetricDivergence(const Task& task, ConstMatView p, ConstMatView q,
                         std::span<Real> row_values, MatView gradient) {
  assert(HasDivergence(task));
  task.head().distance().Diverge(p, q, row_values, gradient);
}

}  // namespace mtlkit
