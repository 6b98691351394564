#pragma once

#include <span>

#include "base/view.h"

namespace mtlkit {

// Outputs of a network beside what they are to come near: the soft targets of
// another (Head::SoftTargets). NaN cells are missing.
struct SoftRows {
  ConstMatView output;           // rows x output_cols
  ConstMatView target;           // the same
  std::span<const Real> weight;  // one a row; 0: it takes no part
  // To be set: of each row the loss times its weight, and its gradient by the
  // outputs (empty: not wanted).
  std::span<Real> row_loss;
  MatView gradient;
};

// Which of the divergences of two distributions is meant, t of a teacher and p:
// KL(t || p); that and the entropy of t; KL(p || t); the Jensen-Shannon
// divergence, KL(t || m) / 2 + KL(p || m) / 2 with m = (t + p) / 2.
enum class Divergence { kForward, kCrossEntropy, kReverse, kJensenShannon };

// How the two distributions of a distillation are softened.
struct Softening {
  Real temperature = 1;
  Real scale = 1;  // of the loss
  Divergence divergence = Divergence::kForward;
};

// How far the outputs of a network are from what another says, by what outputs
// mean (the link of their head). Stateless; allocates nothing.
class OutputDistance {
 public:
  // KL(t_T || p_T) times the scale, both distributions softened: p_T of outputs
  // z / T, t_T in proportion to t^(1/T) (Hinton, Vinyals and Dean 2015).
  virtual void Distill(const Softening& softening,
                       const SoftRows& rows) const = 0;
  // The squared difference of what both say, the mean over outputs (Laine and
  // Aila 2017).
  virtual void Compare(const SoftRows& rows) const = 0;
  // KL(p || q) + KL(q || p) of each row of two networks' outputs, and its
  // gradient by the first one's. Only where there is one.
  virtual bool has_divergence() const { return false; }
  virtual void Diverge(ConstMatView p, ConstMatView q,
                       std::span<Real> row_values, MatView gradient) const;

 protected:
  ~OutputDistance() = default;
};

// Of values, which are of normal distributions with deviation 1.
const OutputDistance& ValueDistance();
// Of logs of means, as of Poisson distributions. Soft targets are the means.
const OutputDistance& RateDistance();
// Of normal distributions (mean, log of the variance). Soft targets are means
// and deviations.
const OutputDistance& GaussianDistance();
// Of zero-inflated lognormal distributions (data/heads/ziln.h). Soft targets
// are the probability of more than 0 and the mean; the third is nothing.
const OutputDistance& ZilnDistance();
// Of one logit for each of several questions.
const OutputDistance& LogitDistance();
// Of one logit for each class.
const OutputDistance& SoftmaxDistance();
// Of one logit for each class (1 .. 255) of each pixel, pixel after pixel.
const OutputDistance& PixelDistance(Index classes);
// Of the logits of "higher still", given that it is at least this class, for
// each but the highest. Soft targets are shares of all that are higher.
const OutputDistance& ContinuationDistance();

}  // namespace mtlkit
