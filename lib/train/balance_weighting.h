#pragma once

#include <span>
#include <string>
#include <vector>

#include "train/gramian_weighting.h"
#include "train/newton_solver.h"

namespace mtlkit {

struct BalanceOptions {
  double regularise = 1e-6;
  bool normalise = true;

  void Describe(Fields& field);
};

// The weights w > 0 in which (Gw)_i = b_i / w_i^p, by Newton's method: what
// each task gains of the direction is balanced with its weight. G is
// regularised by a part of its trace on the diagonal, since where gradients
// cancel or one is 0 there are no such weights; where there are none all the
// same, all are 0.
class BalanceWeighting : public GramianWeighting {
 public:
  BalanceWeighting(std::span<const Task> tasks, const BalanceOptions& options);

 protected:
  void SolveBalance(const PresentTasks& present, std::span<const double> b,
                    double p, std::span<double> w) const;

 private:
  BalanceOptions options_;
  mutable NewtonSolver solver_;
  mutable std::vector<double> gramian_;
};

}  // namespace mtlkit
