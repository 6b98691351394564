#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "train/small_solvers.h"

namespace mtlkit {

// The point d nearest to sum_i u_i g_i of those with g_i . d >= level for all
// i, from the inner products of the g_i. It is d = sum_i (u_i + x_i) g_i with
// x >= 0 the solution of a non-negative least squares problem. With level 0 the
// half-spaces meet in the dual cone of the g_i, and u + x is the shortest v >=
// u: argmin v'Gv. Neither the scale of the g_i nor differences of scale between
// them matter. Memory is made once. Not thread-safe.
class HalfSpaceSolver {
 public:
  explicit HalfSpaceSolver(Index most);

  // Takes the problem; `gramian` has to outlive what follows.
  void Begin(Mat<const double> gramian);
  // Sets x. Without a point in all half-spaces, which takes a level above 0, x
  // is finite, and nothing else is said of it.
  void Solve(std::span<const double> u, double level, std::span<double> x);

 private:
  NonNegativeSolver solver_;
  Mat<const double> gramian_;
  std::vector<double> length_;
  std::vector<double> cosine_;
  std::vector<double> b_;
};

// Sets out = Gv, and returns v'Gv.
double Product(Mat<const double> gramian, std::span<const double> v,
               std::span<double> out);

}  // namespace mtlkit
