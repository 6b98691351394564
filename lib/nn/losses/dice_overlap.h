// The soft Dice loss of one image.
#pragma once

#include <cmath>

#include "nn/losses/pixel_loss.h"

namespace mtlkit {

// Milletari, Navab and Ahmadi, "V-Net: fully convolutional neural networks for
// volumetric medical image segmentation", 2016, with p and t as they are in
// place of their squares, and 1 added above and below: 1 - N/D with
// N = 2 sum pt + 1 and D = sum p + sum t + 1, sums over the pixels of an image
// that are not void. Of several classes the mean over those but the first that
// the image has. An image of the first class alone adds nothing: there is no
// overlap to be had.
class DiceOverlap {
 public:
  explicit DiceOverlap(const Task& map)
      : pixels_(map.target_cols()),
        classes_(std::ssize(map.classes)),
        each_(map.output_cols() / map.target_cols()) {}

  Index pixels() const { return pixels_; }

  bool HasLesion(const Real* target) const {
    return std::any_of(target, target + pixels_,
                       [](Real label) { return label > 0; });
  }

  // Returns the loss, and adds `scale` times its slopes, if they are wanted.
  Real Add(const Real* z, const Real* target, Real scale, Real* slopes) const {
    Index present = 0;
    for (Index k = 1; k < classes_; ++k) present += Has(target, k) ? 1 : 0;
    if (present == 0) return 0;
    double loss = 0;
    for (Index k = 1; k < classes_; ++k) {
      if (!Has(target, k)) continue;
      loss += Class(z, target, k, scale / static_cast<Real>(present), slopes);
    }
    return scale * static_cast<Real>(loss / static_cast<double>(present));
  }

 private:
  bool Has(const Real* target, Index k) const {
    return std::any_of(target, target + pixels_, [k](Real label) {
      return label == static_cast<Real>(k);
    });
  }

  Real Probability(const Real* z, Index k) const {
    return each_ == 1 ? LogisticParts(z[0]).sigmoid
                      : std::exp(z[k] - LogSumExp(z, each_, Real{1}));
  }

  // dp = (N - 2 t D) / D^2.
  double Class(const Real* z, const Real* target, Index k, Real scale,
               Real* slopes) const {
    double both = 0;
    double sum = 0;
    for (Index i = 0; i < pixels_; ++i) {
      if (IsMissing(target[i])) continue;
      const auto p = static_cast<double>(Probability(z + i * each_, k));
      const bool is_k = target[i] == static_cast<Real>(k);
      sum += p + (is_k ? 1 : 0);
      if (is_k) both += p;
    }
    const double over = 2 * both + 1;
    const double under = sum + 1;
    for (Index i = 0; i < pixels_ && slopes != nullptr; ++i) {
      if (IsMissing(target[i])) continue;
      const double t = target[i] == static_cast<Real>(k) ? 1 : 0;
      AddSlopes(
          z + i * each_, k,
          scale * static_cast<Real>((over - 2 * t * under) / (under * under)),
          slopes + i * each_);
    }
    return 1 - over / under;
  }

  // From the slope by the probability of k to those by the logits.
  void AddSlopes(const Real* z, Index k, Real by_p, Real* slopes) const {
    if (each_ == 1) {
      const Real p = LogisticParts(z[0]).sigmoid;
      slopes[0] += by_p * p * (1 - p);
      return;
    }
    const Real log_sum = LogSumExp(z, each_, Real{1});
    const Real p = std::exp(z[k] - log_sum);
    for (Index j = 0; j < each_; ++j) {
      const Real q = std::exp(z[j] - log_sum);
      slopes[j] += by_p * p * ((j == k ? Real{1} : Real{0}) - q);
    }
  }

  Index pixels_;
  Index classes_;
  Index each_;
};

}  // namespace mtlkit
