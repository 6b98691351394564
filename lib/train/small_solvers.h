#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "train/small_factor.h"

namespace mtlkit {

// Exact solvers of the small convex problems that weightings pose, a few
// numbers a task. Memory is made once for the largest size, so a training step
// allocates nothing. Not thread-safe.

// argmin over x >= 0 of x'Qx / 2 - b'x for a positive semidefinite Q: the
// normal equations of non-negative least squares. By the active set method of
// Lawson and Hanson, "Solving least squares problems" (1974), chapter 23, from
// a guess at the set; ends at a point that satisfies the optimality conditions
// to rounding. Variables enter by the size of their gradient, so exchanging two
// of them exchanges their values. Without a least value x is finite, and
// nothing else is said of it.
class NonNegativeSolver {
 public:
  explicit NonNegativeSolver(Index most);

  // Q is size x size, symmetric, b and x have `size` entries.
  void Solve(Mat<const double> q, std::span<const double> b,
             std::span<double> x);

 private:
  // Begins with all variables that should grow, less those that do not when
  // the others do.
  void Guess(Mat<const double> q, std::span<const double> b,
             std::span<double> x);
  // Makes a variable the last of the active ones, and solves on them. Where it
  // depends on the others, it takes the place of one: x moves in the direction
  // in which nothing curves, until one is 0. False where it may not enter.
  bool Enter(Mat<const double> q, std::span<const double> b, Index entering,
             std::span<double> x);
  // Whether the gradient of the last active variable is more than rounding.
  bool IsSteep(Mat<const double> q, std::span<const double> b,
               std::span<const double> x) const;
  bool StepAlong(Mat<const double> q, std::span<double> x);
  Triangle FactorOf(std::size_t count);
  // Of so many active variables; false where one depends on those before it.
  bool FactoriseOn(Mat<const double> q, std::size_t count);
  bool SolveOn(Mat<const double> q, std::span<const double> b);
  void SetGradient(Mat<const double> q, std::span<const double> b,
                   std::span<const double> x);
  // The variable that should enter, or -1.
  Index Entering(std::span<const double> b) const;
  // Goes towards the solution on the active variables as far as x >= 0 lets
  // it; whether it got there.
  bool StepTowards(std::span<double> x);

  Index most_;
  std::vector<Index> active_;  // those above 0, in the order of entry
  std::size_t factored_ = 0;   // how many of them factor_ holds
  std::vector<Index> order_;   // in which the guess takes them
  std::vector<char> is_active_;
  std::vector<char> barred_;  // dependent on the active ones
  std::vector<double> gradient_;
  std::vector<double> target_;  // solution on the active ones, in their order
  std::vector<double> factor_;  // lower triangle, row by row
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
