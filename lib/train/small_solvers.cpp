#include "train/small_solvers.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>

namespace mtlkit {
namespace {

// Below this part of its own square, what is left of a variable beside the
// active ones is rounding.
constexpr double kDependent = 1e-13;
// A gradient below this part of what it is the difference of is rounding.
constexpr double kStationary = 1e-14;

std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

// The nearest point of a segment, written so that exchanging its ends
// exchanges the weights to the bit.
void SolvePair(Mat<const double> gramian, std::span<double> w) {
  const double square = gramian(0, 0) + gramian(1, 1) - 2 * gramian(0, 1);
  w[0] = w[1] = 0.5;
  if (!(square > 0)) return;
  const double a =
      std::clamp((gramian(1, 1) - gramian(0, 1)) / square, 0.0, 1.0);
  const double b =
      std::clamp((gramian(0, 0) - gramian(0, 1)) / square, 0.0, 1.0);
  // Of ends that are all but the same, nothing but rounding may be left.
  if (!(a + b > 0)) return;
  w[0] = a / (a + b);
  w[1] = b / (a + b);
}

}  // namespace

NonNegativeSolver::NonNegativeSolver(Index most)
    : barred_(Size(most)),
      gradient_(Size(most)),
      target_(Size(most)),
      factor_(Size(most) * Size(most)) {
  active_.reserve(Size(most));
}

void NonNegativeSolver::Solve(Mat<const double> q, std::span<const double> b,
                              std::span<double> x) {
  assert(x.size() <= gradient_.size() && b.size() == x.size());
  std::fill(x.begin(), x.end(), 0.0);
  std::fill(barred_.begin(), barred_.end(), false);
  active_.clear();
  // Every round lowers the objective, so the rounds end; the limit is for
  // rounding alone.
  for (std::size_t round = 0; round < 10 * x.size() + 10; ++round) {
    SetGradient(q, b, x);
    const Index entering = Entering(b);
    if (entering < 0) return;
    active_.push_back(entering);
    // It was to grow: if it does not, its gradient was rounding.
    if (!SolveOn(q, b) || target_[active_.size() - 1] <= 0) {
      active_.pop_back();
      barred_[Size(entering)] = true;
      continue;
    }
    while (!StepTowards(x)) {
      if (!SolveOn(q, b)) break;
    }
    std::fill(barred_.begin(), barred_.end(), false);
  }
}

bool NonNegativeSolver::SolveOn(Mat<const double> q,
                                std::span<const double> b) {
  const Index count = static_cast<Index>(active_.size());
  Eigen::Map<Eigen::MatrixXd> factor(factor_.data(), count, count);
  // Row by row, as it ends with the variable that came last: whether that one
  // depends on the others is then seen in its pivot.
  for (Index i = 0; i < count; ++i) {
    const Index self = active_[Size(i)];
    for (Index j = 0; j <= i; ++j) {
      const double sum = q(self, active_[Size(j)]) -
                         factor.row(i).head(j).dot(factor.row(j).head(j));
      if (j < i) {
        factor(i, j) = sum / factor(j, j);
      } else if (sum > kDependent * q(self, self)) {
        factor(i, i) = std::sqrt(sum);
      } else {
        return false;
      }
    }
  }
  Eigen::Map<Eigen::VectorXd> solution(target_.data(), count);
  for (Index i = 0; i < count; ++i) solution(i) = b[Size(active_[Size(i)])];
  factor.triangularView<Eigen::Lower>().solveInPlace(solution);
  factor.transpose().triangularView<Eigen::Upper>().solveInPlace(solution);
  return true;
}

void NonNegativeSolver::SetGradient(Mat<const double> q,
                                    std::span<const double> b,
                                    std::span<const double> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    double sum = b[i];
    for (const Index j : active_) {
      sum -= q(static_cast<Index>(i), j) * x[Size(j)];
    }
    gradient_[i] = sum;
  }
}

Index NonNegativeSolver::Entering(std::span<const double> b) const {
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  double best = kStationary * largest;
  Index entering = -1;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const Index variable = static_cast<Index>(i);
    if (barred_[i] || !(gradient_[i] > best) ||
        std::find(active_.begin(), active_.end(), variable) != active_.end()) {
      continue;
    }
    best = gradient_[i];
    entering = variable;
  }
  return entering;
}

bool NonNegativeSolver::StepTowards(std::span<double> x) {
  double step = 1;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const double from = x[Size(active_[i])];
    if (target_[i] <= 0) step = std::min(step, from / (from - target_[i]));
  }
  const bool whole =
      std::all_of(target_.begin(),
                  target_.begin() + static_cast<std::ptrdiff_t>(active_.size()),
                  [](double value) { return value > 0; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    double& value = x[Size(active_[i])];
    const double ratio = value / (value - target_[i]);
    value = whole ? target_[i] : value + step * (target_[i] - value);
    const bool leaves = !whole && target_[i] <= 0 && ratio <= step;
    if (leaves || value <= 0) {
      value = 0;
    } else {
      active_[kept++] = active_[i];
    }
  }
  active_.resize(kept);
  return whole;
}

MinNormSolver::MinNormSolver(Index most)
    : solver_(most),
      length_(Size(most)),
      q_(Size(most) * Size(most)),
      b_(Size(most)) {}

void MinNormSolver::Solve(Mat<const double> gramian, std::span<double> w) {
  const std::size_t count = w.size();
  if (count == 2) {
    SolvePair(gramian, w);
    return;
  }
  double shortest = 0;
  double zeros = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Index row = static_cast<Index>(i);
    length_[i] = std::sqrt(std::max(0.0, gramian(row, row)));
    if (length_[i] == 0) zeros += 1;
    if (i == 0 || length_[i] < shortest) shortest = length_[i];
  }
  if (zeros > 0) {
    // The hull holds the origin itself.
    for (std::size_t i = 0; i < count; ++i) {
      w[i] = length_[i] == 0 ? 1 / zeros : 0;
    }
    return;
  }
  // In multiples z_i = w_i length_i of unit vectors, of which C are the inner
  // products, the problem is to minimise z'Cz where a'z = 1, a_i = shortest /
  // length_i. It has, but for a factor, the solution of z'Cz + (a'z - 1)^2.
  for (std::size_t i = 0; i < count; ++i) b_[i] = shortest / length_[i];
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const double cosine =
          gramian(static_cast<Index>(i), static_cast<Index>(j)) / length_[i] /
          length_[j];
      q_[i * count + j] = cosine + b_[i] * b_[j];
    }
  }
  const Index size = static_cast<Index>(count);
  solver_.Solve({q_.data(), size, size}, {b_.data(), count}, w);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    w[i] *= b_[i];
    sum += w[i];
  }
  for (double& weight : w) weight /= sum;
}

}  // namespace mtlkit
