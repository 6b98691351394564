#include "train/newton_solver.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "train/small_factor.h"

namespace mtlkit {
namespace {

// The z > 0 in which square z + others = share / z^p.
double SolveAlone(double square, double others, double share, double p) {
  double z = std::pow(share / square, 1 / (1 + p));
  constexpr int kMostSteps = 60;
  if (others > 0) {
    // In log z it is convex; from above.
    z = std::min(z, std::pow(share / others, 1 / p));
    for (int step = 0; step < kMostSteps && z > 0; ++step) {
      const double sum = square * z + others;
      const double off = std::log(sum) + p * std::log(z) - std::log(share);
      if (!(off > 0)) break;
      z *= std::exp(-off / (square * z / sum + p));
    }
    return z;
  }
  // It is concave; from below.
  z = std::max(z, -others / square);
  for (int step = 0; step < kMostSteps; ++step) {
    const double wanted = share * std::pow(z, -p);
    const double off = square * z + others - wanted;
    if (!(off < 0)) break;
    z -= off / (square + p * wanted / z);
  }
  return z;
}

}  // namespace
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
  constexpr double kCertified = 1e-9;
  // From afar each step at least halves or doubles something; the limits are
  // for problems without a solution.
  constexpr int kMostSteps = 400;
  constexpr int kMostSweeps = 60;
  int sweeps = 0;
  for (int step = 0; step < kMostSteps && residual_ > kStationary; ++step) {
    if (Step(count, p)) continue;
    if (residual_ <= kCertified || ++sweeps > kMostSweeps) break;
    Sweep(count, p);
  }
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = at_[i] * scale_[i];
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
  const Triangle factor = {factor_.data(), count, count};
  for (Index i = 0; i < count; ++i) {
    std::copy_n(scaled_.data() + i * count, i + 1, factor.Row(i));
    factor.Row(i)[i] += p * share_[At(i)] * std::pow(at_[At(i)], -p - 1);
  }
  if (!Factorise(0, factor)) return false;
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

void NewtonSolver::Sweep(Index count, double p) {
  for (std::size_t i = 0; i < At(count); ++i) {
    const double* row = scaled_.data() + i * At(count);
    const double others = Dot(row, at_.data(), At(count)) - row[i] * at_[i];
    const double alone = SolveAlone(row[i], others, share_[i], p);
    if (alone > 0 && std::isfinite(alone)) at_[i] = alone;
  }
  LookAt(count, p);
}

}  // namespace mtlkit
