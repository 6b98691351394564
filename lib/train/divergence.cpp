#include "train/divergence.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "data/head.h"

namespace mtlkit {
namespace {

double Sigmoid(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}

double LogSumExp(const Real* z, Index cols) {
  const double top = static_cast<double>(*std::max_element(z, z + cols));
  double sum = 0;
  for (Index k = 0; k < cols; ++k) {
    sum += std::exp(static_cast<double>(z[k]) - top);
  }
  return top + std::log(sum);
}

// With d_k = log p_k - log q_k the sum of both is sum_k (p_k - q_k) d_k; its
// slope by z_k of p is p_k (d_k - KL(p || q)) + p_k - q_k.
double OfClasses(const Real* p, const Real* q, Index cols, Real* slopes) {
  const double sum_p = LogSumExp(p, cols);
  const double sum_q = LogSumExp(q, cols);
  double both = 0;
  double forward = 0;
  for (Index k = 0; k < cols; ++k) {
    const double log_p = static_cast<double>(p[k]) - sum_p;
    const double log_q = static_cast<double>(q[k]) - sum_q;
    forward += std::exp(log_p) * (log_p - log_q);
    both += (std::exp(log_p) - std::exp(log_q)) * (log_p - log_q);
  }
  for (Index k = 0; k < cols; ++k) {
    const double log_p = static_cast<double>(p[k]) - sum_p;
    const double log_q = static_cast<double>(q[k]) - sum_q;
    slopes[k] = static_cast<Real>(std::exp(log_p) * (log_p - log_q - forward) +
                                  std::exp(log_p) - std::exp(log_q));
  }
  return both;
}

// (s - t) (z - y) for s, t the sigmoids of z, y.
double OfLabels(const Real* p, const Real* q, Index cols, Real* slopes) {
  const double share = 1 / static_cast<double>(cols);
  double both = 0;
  for (Index k = 0; k < cols; ++k) {
    const double s = Sigmoid(static_cast<double>(p[k]));
    const double t = Sigmoid(static_cast<double>(q[k]));
    const double apart = static_cast<double>(p[k]) - static_cast<double>(q[k]);
    both += share * (s - t) * apart;
    slopes[k] = static_cast<Real>(share * (s * (1 - s) * apart + s - t));
  }
  return both;
}

double OfValues(const Real* p, const Real* q, Index cols, Real* slopes) {
  const double share = 1 / static_cast<double>(cols);
  double both = 0;
  for (Index k = 0; k < cols; ++k) {
    const double apart = static_cast<double>(p[k]) - static_cast<double>(q[k]);
    both += share * apart * apart;
    slopes[k] = static_cast<Real>(2 * share * apart);
  }
  return both;
}

}  // namespace

bool HasDivergence(const Task& task) {
  return task.traits().link != OutputLink::kContinuation;
}

void SymmetricDivergence(const Task& task, ConstMatView p, ConstMatView q,
                         std::span<Real> row_values, MatView gradient) {
  const OutputLink link = task.traits().link;
  assert(HasDivergence(task));
  const auto row_of = link == OutputLink::kSoftmax    ? OfClasses
                      : link == OutputLink::kIdentity ? OfValues
                                                      : OfLabels;
  for (Index row = 0; row < p.rows; ++row) {
    row_values[At(row)] = static_cast<Real>(
        row_of(p.Row(row), q.Row(row), p.cols, gradient.Row(row)));
  }
}

}  // namespace mtlkit
