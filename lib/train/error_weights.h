#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "train/small_solvers.h"

namespace mtlkit {

// Weights of several predictors, w >= 0 and sum w = 1, for which the squared
// error of their mixture was least in the epoch before: those with the least
// w'Cw, where C sums the products of their errors (Perrone and Cooper, "When
// networks disagree", 1993, but for w >= 0). Equal ones in the first epoch. Its
// memory is a checkpoint's to keep. Allocates when built only.
class ErrorWeights {
 public:
  explicit ErrorWeights(Index most);

  // The weights of epoch `epoch` (from 0) for `count` predictors, the same in
  // all calls. An epoch's first call ends the one before.
  std::span<const Real> Of(Index epoch, std::size_t count);
  // Adds the errors of one prediction, one a predictor.
  void Add(std::span<const double> errors);

  std::span<Real> memory() { return memory_; }

 private:
  Index most_;
  MinNormSolver solver_;
  // The epoch; the sums, most x most; the weights.
  std::vector<Real> memory_;
  std::vector<double> sums_;
  std::vector<double> weights_;
};

}  // namespace mtlkit
