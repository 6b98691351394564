#include "train/small_solvers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "train/small_factor.h"

namespace mtlkit {
namespace {

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
    : most_(most),
      is_active_(At(most)),
      barred_(At(most)),
      gradient_(At(most)),
      target_(At(most)),
      factor_(At(most) * At(most)) {
  active_.reserve(At(most));
  order_.reserve(At(most));
}

void NonNegativeSolver::Solve(Mat<const double> q, std::span<const double> b,
                              std::span<double> x) {
  assert(x.size() <= gradient_.size() && b.size() == x.size());
  std::fill(barred_.begin(), barred_.end(), false);
  std::fill(is_active_.begin(), is_active_.end(), false);
  Guess(q, b, x);
  // Every round lowers the objective, so the rounds end; the limit is for
  // rounding alone.
  for (std::size_t round = 0; round < 10 * x.size() + 10; ++round) {
    SetGradient(q, b, x);
    const Index entering = Entering(b);
    if (entering < 0) return;
    if (!Enter(q, b, entering, x)) {
      barred_[At(entering)] = true;
      continue;
    }
    while (!StepTowards(x)) {
      if (!SolveOn(q, b)) break;
    }
    std::fill(barred_.begin(), barred_.end(), false);
  }
}

void NonNegativeSolver::Guess(Mat<const double> q, std::span<const double> b,
                              std::span<double> x) {
  std::fill(x.begin(), x.end(), 0.0);
  active_.clear();
  factored_ = 0;
  order_.clear();
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (b[i] > 0) order_.push_back(static_cast<Index>(i));
  }
  std::sort(order_.begin(), order_.end(), [&](Index i, Index j) {
    return b[At(i)] > b[At(j)] || (b[At(i)] == b[At(j)] && i < j);
  });
  for (const Index variable : order_) {
    active_.push_back(variable);
    if (!FactoriseOn(q, active_.size())) active_.pop_back();
  }
  while (!active_.empty() && SolveOn(q, b)) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < active_.size(); ++i) {
      if (target_[i] > 0) {
        x[At(active_[i])] = target_[i];
        active_[kept++] = active_[i];
      } else {
        factored_ = std::min(factored_, kept);
      }
    }
    const bool whole = kept == active_.size();
    active_.resize(kept);
    if (whole) break;
    std::fill(x.begin(), x.end(), 0.0);
  }
  for (const Index variable : active_) is_active_[At(variable)] = true;
}

bool NonNegativeSolver::Enter(Mat<const double> q, std::span<const double> b,
                              Index entering, std::span<double> x) {
  active_.push_back(entering);
  bool moved = false;
  while (!SolveOn(q, b)) {
    if ((moved || IsSteep(q, b, x)) && StepAlong(q, x)) {
      moved = true;
      continue;
    }
    active_.pop_back();
    x[At(entering)] = 0;
    return false;
  }
  // It was to grow: if it does not, its gradient was rounding.
  if (!moved && target_[active_.size() - 1] <= 0) {
    active_.pop_back();
    factored_ = std::min(factored_, active_.size());
    return false;
  }
  is_active_[At(entering)] = true;
  return true;
}

bool NonNegativeSolver::IsSteep(Mat<const double> q, std::span<const double> b,
                                std::span<const double> x) const {
  const Index entering = active_.back();
  double size = std::abs(b[At(entering)]);
  for (const Index j : active_) size += std::abs(q(entering, j) * x[At(j)]);
  constexpr double kSteep = 1e-10;
  return gradient_[At(entering)] > kSteep * size;
}

bool NonNegativeSolver::StepAlong(Mat<const double> q, std::span<double> x) {
  const Index entering = active_.back();
  const std::size_t others = active_.size() - 1;
  if (!FactoriseOn(q, others)) return false;
  for (std::size_t i = 0; i < others; ++i) {
    target_[i] = q(active_[i], entering);
  }
  SolveFactored(FactorOf(others), target_.data());
  double step = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < others; ++i) {
    if (target_[i] > 0) step = std::min(step, x[At(active_[i])] / target_[i]);
  }
  if (!std::isfinite(step)) return false;
  x[At(entering)] += step;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < others; ++i) {
    double& value = x[At(active_[i])];
    const bool leaves = target_[i] > 0 && value / target_[i] <= step;
    value -= step * target_[i];
    if (leaves || value <= 0) {
      value = 0;
      is_active_[At(active_[i])] = false;
      factored_ = std::min(factored_, kept);
    } else {
      active_[kept++] = active_[i];
    }
  }
  active_[kept++] = entering;
  active_.resize(kept);
  return true;
}

Triangle NonNegativeSolver::FactorOf(std::size_t count) {
  return {factor_.data(), static_cast<Index>(count), most_};
}

bool NonNegativeSolver::FactoriseOn(Mat<const double> q, std::size_t count) {
  const Triangle factor = FactorOf(count);
  const Index from = static_cast<Index>(std::min(factored_, count));
  for (Index i = from; i < factor.count; ++i) {
    for (Index j = 0; j <= i; ++j) {
      factor.Row(i)[j] = q(active_[At(i)], active_[At(j)]);
    }
  }
  if (!Factorise(from, factor)) return false;
  factored_ = std::max(factored_, count);
  return true;
}

bool NonNegativeSolver::SolveOn(Mat<const double> q,
                                std::span<const double> b) {
  // It ends with the variable that came last: whether that one depends on the
  // others is seen in its pivot.
  if (!FactoriseOn(q, active_.size())) return false;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    target_[i] = b[At(active_[i])];
  }
  SolveFactored(FactorOf(active_.size()), target_.data());
  return true;
}

void NonNegativeSolver::SetGradient(Mat<const double> q,
                                    std::span<const double> b,
                                    std::span<const double> x) {
  std::copy(b.begin(), b.end(), gradient_.begin());
  // By rows, as they lie; it is symmetric.
  for (const Index j : active_) {
    AddTimes(-x[At(j)], q.Row(j), x.size(), gradient_.data());
  }
}

Index NonNegativeSolver::Entering(std::span<const double> b) const {
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  double best = kStationary * largest;
  Index entering = -1;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (barred_[i] || is_active_[i] || !(gradient_[i] > best)) continue;
    best = gradient_[i];
    entering = static_cast<Index>(i);
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
      is_active_[At(active_[i])] = false;
      factored_ = std::min(factored_, kept);
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

}  // namespace mtlkit
