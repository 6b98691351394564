#pragma once

#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Exact solvers of the small convex problems that weightings pose, a few
// numbers a task. Memory is made once for the largest size, so a training step
// allocates nothing. Not thread-safe.

// argmin over x >= 0 of x'Qx / 2 - b'x for a positive semidefinite Q: the
// normal equations of non-negative least squares. By the active set method of
// Lawson and Hanson, "Solving least squares problems" (1974), chapter 23; ends
// at a point that satisfies the optimality conditions to rounding. Variables
// enter by the size of their gradient, so exchanging two of them exchanges
// their values.
class NonNegativeSolver {
 public:
  explicit NonNegativeSolver(Index most);

  // Q is size x size, symmetric, b and x have `size` entries.
  void Solve(Mat<const double> q, std::span<const double> b,
             std::span<double> x);

 private:
  bool SolveOn(Mat<const double> q, std::span<const double> b);
  void SetGradient(Mat<const double> q, std::span<const double> b,
                   std::span<const double> x);
  // The variable that should enter, or -1.
  Index Entering(std::span<const double> b) const;
  // Goes towards the solution on the active variables as far as x >= 0 lets
  // it; whether it got there.
  bool StepTowards(std::span<double> x);

  std::vector<Index> active_;  // those above 0, in the order of entry
  std::vector<bool> barred_;   // dependent on the active ones
  std::vector<double> gradient_;
  std::vector<double> target_;  // solution on the active ones, in their order
  std::vector<double> factor_;  // lower triangle, column by column
};

// The weights w >= 0, summing to 1, of the shortest point sum w_i g_i in the
// convex hull of the g_i, from their inner products (Wolfe, "Finding the
// nearest point in a polytope", 1976). Neither their scale nor differences of
// scale between them matter.
class MinNormSolver {
 public:
  explicit MinNormSolver(Index most);

  void Solve(Mat<const double> gramian, std::span<double> w);

 private:
  NonNegativeSolver solver_;
  std::vector<double> length_;
  std::vector<double> q_;
  std::vector<double> b_;
};

}  // namespace mtlkit
