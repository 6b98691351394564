// What functions of a row of outputs have in common.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "base/view.h"
#include "data/output_distance.h"

namespace mtlkit {

// Row `row` takes no part: loss 0 and gradient 0.
inline void SkipRow(Index row, std::span<Real> row_loss, MatView gradient) {
  row_loss[At(row)] = 0;
  if (!gradient.empty()) {
    std::fill_n(gradient.Row(row), gradient.cols, Real{0});
  }
}

inline bool IsMissing(Real target) {
  return std::isnan(target);
}

// log(1 + exp(z)) and 1 / (1 + exp(-z)) of one logit, without overflow.
struct LogisticParts {
  explicit LogisticParts(Real z) {
    const Real small = std::exp(-std::abs(z));
    const Real tail = std::log1p(small);
    softplus = std::max(z, Real{0}) + tail;
    softplus_minus = std::max(-z, Real{0}) + tail;
    const Real big = 1 / (1 + small);
    sigmoid = z >= 0 ? big : small * big;
  }
  Real softplus;        // -log(1 - sigmoid)
  Real softplus_minus;  // -log(sigmoid)
  Real sigmoid;
};

// log of the sum of exp(z / temperature) of a row.
inline Real LogSumExp(const Real* z, Index cols, Real temperature) {
  const Real top = *std::max_element(z, z + cols);
  Real sum = 0;
  for (Index k = 0; k < cols; ++k) sum += std::exp((z[k] - top) / temperature);
  return top / temperature + std::log(sum);
}

// t^(1/T), relative to the largest of the row.
inline Real Soften(const Softening& s, Real t, Real top) {
  return s.temperature == 1 ? t : std::pow(t / top, 1 / s.temperature);
}

// t log(t / p) with the limit 0 at t = 0; of a cross-entropy without log t.
inline Real RelativeTerm(const Softening& s, Real t, Real minus_log_p) {
  if (t <= 0) return 0;
  const bool less_entropy = s.divergence != Divergence::kCrossEntropy;
  return t * minus_log_p + (less_entropy ? t * std::log(t) : Real{0});
}

// Whether the gradient is not p - t, as of the other two.
inline bool IsBackward(const Softening& s) {
  return s.divergence == Divergence::kReverse ||
         s.divergence == Divergence::kJensenShannon;
}

// What a class of probability t to the teacher and p here adds to a backward
// divergence, and its slope by p, less a constant. A t below 1e-7 is taken as
// that: single precision knows no less, and the reverse divergence has no end
// there.
inline double BackwardTerm(const Softening& s, double t, double log_p,
                           double* slope) {
  const double p = std::exp(log_p);
  const double taught = std::max(t, 1e-7);
  if (s.divergence == Divergence::kReverse) {
    *slope = log_p - std::log(taught);
    return p > 0 ? p * *slope : 0;
  }
  const double log_m = std::log((taught + p) / 2);
  *slope = (log_p - log_m) / 2;
  return (p > 0 ? p * *slope : 0) + taught * (std::log(taught) - log_m) / 2;
}

// Sets each row's loss to row_of(z, target, scale, slopes), which sets the
// slopes that are not null; `scale` is the row's weight times `factor`. Rows of
// weight 0 are skipped; `whole`: so are those with a missing target.
template <class RowOf>
void ForSoftRows(const SoftRows& rows, bool whole, Real factor, RowOf row_of) {
  const Index cols = rows.output.cols;
  for (Index row = 0; row < rows.output.rows; ++row) {
    const Real weight = rows.weight[At(row)];
    const Real* target = rows.target.Row(row);
    if (weight == 0 ||
        (whole && std::any_of(target, target + cols, IsMissing))) {
      SkipRow(row, rows.row_loss, rows.gradient);
      continue;
    }
    Real* slopes = rows.gradient.empty() ? nullptr : rows.gradient.Row(row);
    rows.row_loss[At(row)] =
        row_of(rows.output.Row(row), target, weight * factor, slopes);
  }
}

}  // namespace mtlkit
