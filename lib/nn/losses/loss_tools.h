#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <span>
#include <string>

#include "data/distances/row_math.h"
#include "kernels/kernels.h"
#include "nn/loss.h"

namespace mtlkit {

// Logistic losses of a few logits at a time, of which each has a target t and
// factors of its two terms: yes t (-log s(z)) + no (1 - t) (-log(1 - s(z))).
struct LogisticChunk {
  static constexpr Index kSize = 128;

  // A missing target, or two factors of 0, gives loss 0 and gradient 0. The
  // target t becomes t (1 - e) + e/2, e being `smoothing`.
  void Set(Index i, Real t, Real smoothing, Real yes, Real no) {
    const Real smooth = t * (1 - smoothing) + smoothing / 2;
    const Real up = yes * smooth;
    const Real all = yes == no ? yes : up + no * (1 - smooth);
    const bool counts = all > 0 && !IsMissing(t);
    weight[i] = counts ? all : Real{0};
    target[i] = counts ? (yes == no ? smooth : up / all) : Real{0};
  }

  void Evaluate(const Kernels& kernels, const Real* logits, Index count,
                Real* loss, Real* gradient) const {
    kernels.logistic_loss(logits, target, weight, loss, gradient, count);
  }

  Real target[kSize];
  Real weight[kSize];
};

// A loss that is a mean over columns of a function of each residual
// r = output - target. `Point` has void operator()(Real r, Real* loss,
// Real* slope) const.
template <class Point>
class ResidualLoss : public Loss {
 public:
  ResidualLoss(Index cols, const Point& point) : cols_(cols), point_(point) {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == args.target.cols);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      if (weight == 0) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      const Real scale = weight / static_cast<Real>(args.output.cols);
      Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
      row_loss[At(row)] =
          scale * Row(args.output.Row(row), args.target.Row(row),
                      args.output.cols, scale, slopes);
    }
  }

 private:
  Real Row(const Real* output, const Real* target, Index cols, Real scale,
           Real* slopes) const {
    Real sum = 0;
    for (Index col = 0; col < cols; ++col) {
      Real loss = 0;
      Real slope = 0;
      if (!IsMissing(target[col])) {
        point_(output[col] - target[col], &loss, &slope);
      }
      sum += loss;
      if (slopes != nullptr) slopes[col] = scale * slope;
    }
    return sum;
  }

  Index cols_;
  Point point_;
};

}  // namespace mtlkit
