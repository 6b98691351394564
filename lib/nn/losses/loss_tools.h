#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>

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

// (1 - p)^gamma (-log p) of p = s(margin), and its slope by the margin (Lin,
// Goyal, Girshick, He and Dollar, "Focal loss for dense object detection",
// 2017).
inline void FocalTerm(Real margin, Real gamma, Real* loss, Real* slope) {
  const LogisticParts parts(margin);
  const Real missed = LogisticParts(-margin).sigmoid;  // 1 - p
  const Real focus = std::exp(-gamma * parts.softplus);
  *loss = focus * parts.softplus_minus;
  *slope = -focus * (gamma * parts.sigmoid * parts.softplus_minus + missed);
}

// A loss of rows with one class each, which is sum over rows of
// row_of(output, class, slopes): the loss of a row, whose slopes it sets where
// they are wanted. `RowOf` has Real operator()(const Real* output, Index cols,
// Index label, Real* slopes) const. A missing class adds nothing.
template <class RowOf>
class ClassLoss : public Loss {
 public:
  explicit ClassLoss(RowOf row_of) : row_of_(std::move(row_of)) {}

  Index target_cols() const override { return 1; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.target.cols == 1);
    const Index cols = args.output.cols;
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      const Real label = args.target.data[row];
      if (weight == 0 || IsMissing(label)) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
      row_loss[At(row)] = weight * row_of_(args.output.Row(row), cols,
                                           static_cast<Index>(label), slopes);
      for (Index k = 0; slopes != nullptr && k < cols; ++k) {
        slopes[k] *= weight;
      }
    }
  }

 private:
  RowOf row_of_;
};

// A loss of a binary task by how far the logit is on the label's side, z or -z.
// `Point` has void operator()(Real side, Real* loss, Real* slope) const.
template <class Point>
struct SideOf {
  Point point;
  Real operator()(const Real* output, Index /*cols*/, Index label,
                  Real* slopes) const {
    const Real sign = label == 1 ? Real{1} : Real{-1};
    Real loss = 0;
    Real slope = 0;
    point(sign * output[0], &loss, &slope);
    if (slopes != nullptr) slopes[0] = sign * slope;
    return loss;
  }
};

// Sets each row's loss to `scale` times row_of(output, target, scale, slopes),
// which sets the slopes that are not null; `scale` is the row's weight over
// `parts`, in the numbers of the latter. Rows of weight 0 are skipped.
template <class Number, class RowOf>
void ForRows(const LossArgs& args, Number parts, std::span<Real> row_loss,
             MatView gradient, const RowOf& row_of) {
  for (Index row = 0; row < args.output.rows; ++row) {
    const Real weight = args.weight[At(row)];
    if (weight == 0) {
      SkipRow(row, row_loss, gradient);
      continue;
    }
    const Number scale = static_cast<Number>(weight) / parts;
    Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
    row_loss[At(row)] =
        static_cast<Real>(scale * row_of(args.output.Row(row),
                                         args.target.Row(row), scale, slopes));
  }
}

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
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    ForRows(args, static_cast<Real>(cols_), row_loss, gradient,
            [this](const Real* output, const Real* target, Real scale,
                   Real* slopes) {
              Real sum = 0;
              for (Index col = 0; col < cols_; ++col) {
                Real loss = 0;
                Real slope = 0;
                if (!IsMissing(target[col])) {
                  point_(output[col] - target[col], &loss, &slope);
                }
                sum += loss;
                if (slopes != nullptr) slopes[col] = scale * slope;
              }
              return sum;
            });
  }

 private:
  Index cols_;
  Point point_;
};

}  // namespace mtlkit
