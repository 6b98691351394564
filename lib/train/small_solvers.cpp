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

// The lower triangle L of a matrix LL' of which entry(i, j) gives the lower
// half; false where row i depends on those before it. Row by row, as rows come.
template <class Entry>
bool Factorise(Index count, Entry entry, Eigen::Map<Eigen::MatrixXd>* lower) {
  Eigen::Map<Eigen::MatrixXd>& factor = *lower;
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j <= i; ++j) {
      const double sum =
          entry(i, j) - factor.row(i).head(j).dot(factor.row(j).head(j));
      if (j < i) {
        factor(i, j) = sum / factor(j, j);
      } else if (sum > kDependent * entry(i, i)) {
        factor(i, i) = std::sqrt(sum);
      } else {
        return false;
      }
    }
  }
  return true;
}

// x = (LL')^-1 x.
void SolveFactored(const Eigen::Map<Eigen::MatrixXd>& factor, double* x) {
  Eigen::Map<Eigen::VectorXd> solution(x, factor.rows());
  factor.triangularView<Eigen::Lower>().solveInPlace(solution);
  factor.transpose().triangularView<Eigen::Upper>().solveInPlace(solution);
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
    : barred_(At(most)),
      gradient_(At(most)),
      target_(At(most)),
      factor_(At(most) * At(most)) {
  active_.reserve(At(most));
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
      barred_[At(entering)] = true;
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
  // It ends with the variable that came last: whether that one depends on the
  // others is seen in its pivot.
  const auto entry = [&](Index i, Index j) {
    return q(active_[At(i)], active_[At(j)]);
  };
  if (!Factorise(count, entry, &factor)) return false;
  for (Index i = 0; i < count; ++i) target_[At(i)] = b[At(active_[At(i)])];
  SolveFactored(factor, target_.data());
  return true;
}

void NonNegativeSolver::SetGradient(Mat<const double> q,
                                    std::span<const double> b,
                                    std::span<const double> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    double sum = b[i];
    for (const Index j : active_) {
      sum -= q(static_cast<Index>(i), j) * x[At(j)];
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
    const double from = x[At(active_[i])];
    if (target_[i] <= 0) step = std::min(step, from / (from - target_[i]));
  }
  const bool whole =
      std::all_of(target_.begin(),
                  target_.begin() + static_cast<std::ptrdiff_t>(active_.size()),
                  [](double value) { return value > 0; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    double& value = x[At(active_[i])];
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
    : solver_(most), length_(At(most)), q_(At(most) * At(most)), b_(At(most)) {}

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

NewtonSolver::NewtonSolver(Index most)
    : scale_(At(most)),
      scaled_(At(most * most)),
      share_(At(most)),
      at_(At(most)),
      before_(At(most)),
      product_(At(most)),
      gradient_(At(most)),
      direction_(At(most)),
      factor_(At(most * most)) {}

bool NewtonSolver::Solve(Mat<const double> q, std::span<const double> b,
                         double p, std::span<double> x) {
  const Index count = static_cast<Index>(x.size());
  assert(x.size() <= at_.size() && b.size() == x.size() && p > 0);
  residual_ = INFINITY;
  std::fill(x.begin(), x.end(), 0.0);
  for (Index i = 0; i < count; ++i) {
    if (!(q(i, i) > 0)) return false;
  }
  Scale(q, b, p);
  // On its own, each variable would be share^(1 / (1 + p)).
  for (std::size_t i = 0; i < x.size(); ++i) {
    at_[i] = std::pow(share_[i], 1 / (1 + p));
  }
  LookAt(count, p);
  // From afar each step at least halves or doubles something; the limit is for
  // problems without a solution.
  constexpr int kMostSteps = 200;
  for (int step = 0; step < kMostSteps && residual_ > kStationary; ++step) {
    if (!Step(count, p)) break;
  }
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = at_[i] * scale_[i];
  constexpr double kCertified = 1e-9;
  return residual_ <= kCertified;
}

// With x_i = s_i z_i, s_i = c / sqrt(q_ii), and C the cosines, the equations
// are (Cz)_i = b_i s_i^(1 - p) / (c^2 z_i^p); c makes the largest share 1.
void NewtonSolver::Scale(Mat<const double> q, std::span<const double> b,
                         double p) {
  const std::size_t count = b.size();
  double largest = -INFINITY;
  for (std::size_t i = 0; i < count; ++i) {
    const Index row = static_cast<Index>(i);
    scale_[i] = 1 / std::sqrt(q(row, row));
    share_[i] = std::log(b[i]) + (1 - p) * std::log(scale_[i]);
    largest = std::max(largest, share_[i]);
  }
  const double common = std::exp(largest / (1 + p));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      scaled_[i * count + j] = q(static_cast<Index>(i), static_cast<Index>(j)) *
                               scale_[i] * scale_[j];
    }
    share_[i] = std::exp(share_[i] - largest);
  }
  for (std::size_t i = 0; i < count; ++i) scale_[i] *= common;
}

void NewtonSolver::LookAt(Index count, double p) {
  residual_ = 0;
  for (std::size_t i = 0; i < At(count); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < At(count); ++j) {
      sum += scaled_[i * At(count) + j] * at_[j];
    }
    const double wanted = share_[i] * std::pow(at_[i], -p);
    product_[i] = sum;
    gradient_[i] = sum - wanted;
    residual_ = std::max(residual_, std::abs(gradient_[i]) / wanted);
  }
}

double NewtonSolver::Objective(Index count, double p) const {
  double sum = 0;
  for (std::size_t i = 0; i < At(count); ++i) {
    const double phi =
        p == 1 ? -std::log(at_[i]) : std::pow(at_[i], 1 - p) / (p - 1);
    sum += at_[i] * product_[i] / 2 + share_[i] * phi;
  }
  return sum;
}

bool NewtonSolver::SetDirection(Index count, double p) {
  Eigen::Map<Eigen::MatrixXd> factor(factor_.data(), count, count);
  const auto entry = [&](Index i, Index j) {
    const double own =
        i == j ? p * share_[At(i)] * std::pow(at_[At(i)], -p - 1) : 0;
    return scaled_[At(i * count + j)] + own;
  };
  if (!Factorise(count, entry, &factor)) return false;
  std::copy_n(gradient_.begin(), count, direction_.begin());
  SolveFactored(factor, direction_.data());
  return true;
}

bool NewtonSolver::Step(Index count, double p) {
  if (!SetDirection(count, p)) return false;
  double decrement = 0;
  double step = 1;
  for (std::size_t i = 0; i < At(count); ++i) {
    decrement += direction_[i] * gradient_[i];
    // Nobody comes nearer to 0 than by nine tenths of the way.
    if (direction_[i] > 0) step = std::min(step, 0.9 * at_[i] / direction_[i]);
  }
  const double objective = Objective(count, p);
  const double residual = residual_;
  std::copy_n(at_.begin(), count, before_.begin());
  constexpr int kMostHalvings = 40;
  for (int halving = 0; halving < kMostHalvings; ++halving, step /= 2) {
    for (std::size_t i = 0; i < At(count); ++i) {
      at_[i] = before_[i] - step * direction_[i];
    }
    LookAt(count, p);
    // At the end differences of the objective are rounding.
    constexpr double kNear = 0.1;
    if (Objective(count, p) < objective - 1e-4 * step * decrement ||
        (residual < kNear && residual_ < residual)) {
      return true;
    }
  }
  std::copy_n(before_.begin(), count, at_.begin());
  LookAt(count, p);
  return false;
}

}  // namespace mtlkit
