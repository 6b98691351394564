#pragma once

#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

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
  // Solves for each variable alone, one after the other: for those so small
  // that the objective does not feel them.
  void Sweep(Index count, double p);

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
