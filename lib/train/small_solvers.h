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

// The x > 0 in which (Qx)_i = b_i / x_i^p for a positive semidefinite Q, b > 0
// and p > 0: with p = 1 the weights of the Nash bargaining solution (Navon et
// al., "Multi-task learning as a bargaining game", 2022), with other powers
// those of alpha-fair ones. They are the stationary point of a convex function,
// x'Qx / 2 + sum_i b_i phi(x_i) with phi'(t) = -t^-p, found by Newton's method
// with a line search; the equations themselves certify it. The scale of Q does
// not matter, nor, with p = 1, do differences of scale between its rows.
class NewtonSolver {
 public:
  explicit NewtonSolver(Index most);

  // Whether the equations hold to rounding. They cannot where Qx = 0 for some x
  // >= 0 other than 0, that is where some combination of gradients vanishes: x
  // is then a point on the way.
  bool Solve(Mat<const double> q, std::span<const double> b, double p,
             std::span<double> x);
  // By how much the equations are off at the last x, as a share of b_i / x_i^p.
  double residual() const { return residual_; }

 private:
  // Makes the problem one of unit vectors, in `scaled_` and `share_`.
  void Scale(Mat<const double> q, std::span<const double> b, double p);
  // Sets the product, the residual and the gradient at `at_`.
  void LookAt(Index count, double p);
  double Objective(Index count, double p) const;
  bool SetDirection(Index count, double p);
  // One step along it, as far as that helps; whether it got anywhere.
  bool Step(Index count, double p);

  std::vector<double> scale_;    // of each variable
  std::vector<double> scaled_;   // Q of scaled variables
  std::vector<double> share_;    // b of scaled variables
  std::vector<double> at_;       // scaled variables
  std::vector<double> before_;   // those before a step
  std::vector<double> product_;  // scaled Q times at
  std::vector<double> gradient_;
  std::vector<double> direction_;  // to go against
  std::vector<double> factor_;
  double residual_ = 0;
};

}  // namespace mtlkit
