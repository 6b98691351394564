#pragma once

#include <cmath>

#include "base/choice.h"
#include "kernels/kernels.h"
#include "train/optimizer.h"

namespace mtlkit {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  void Describe(Fields& field) {
    field("beta1", beta1, "memory of the mean gradient", BelowFrom(0, 1));
    field("beta2", beta2, "memory of the mean square", BelowFrom(0, 1));
    field("epsilon", epsilon, "added to the root mean square", MoreThan(0));
  }
};

// Of those that are registered once, with either decay.
struct AdamKinOptions : AdamOptions {
  bool decoupled = false;

  void Describe(Fields& field) {
    AdamOptions::Describe(field);
    field("decoupled", decoupled, "decay apart from the gradient, as in adamw");
  }
};

// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
// p -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
class AdamStep : public Optimizer {
 public:
  // `decoupled`: decay shrinks the parameters (AdamW) instead of joining the
  // gradient.
  AdamStep(const AdamOptions& options, bool decoupled)
      : options_(options), decoupled_(decoupled) {}

  Index slots() const override { return 2; }

  void Step(const OptimizerStep& step) const noexcept override {
    ActiveKernels().adam(Arguments(step));
  }

 protected:
  const AdamOptions& options() const { return options_; }

  AdamArgs Arguments(const OptimizerStep& step) const noexcept {
    AdamArgs args;
    args.parameters = step.weights.data();
    args.gradient = step.gradient.data();
    args.first_moment = step.slots[0];
    args.second_moment = step.slots[1];
    args.size = static_cast<Index>(step.weights.size());
    args.rate = step.rate;
    args.beta1 = options_.beta1;
    args.beta2 = options_.beta2;
    args.epsilon = options_.epsilon;
    const double count = static_cast<double>(step.step);
    args.correction1 = 1 - std::pow(options_.beta1, count);
    args.correction2 = 1 - std::pow(options_.beta2, count);
    args.decay = step.decay;
    args.decoupled = decoupled_;
    args.gradient_scale = step.gradient_scale;
    return args;
  }

 private:
  AdamOptions options_;
  bool decoupled_;
};

}  // namespace mtlkit
