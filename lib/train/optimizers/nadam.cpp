#include "train/optimizers/adam_step.h"

namespace mtlkit {
namespace {

struct NadamOptions : AdamKinOptions {
  double momentum_decay = 0.004;

  void Describe(Fields& field) {
    AdamKinOptions::Describe(field);
    field("momentum-decay", momentum_decay,
          "how fast the momentum comes to beta1", AtLeast(0));
  }
};

// Adam that looks ahead along its momentum. With
//   mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2), P_t = mu_1 ... mu_t
// m / (1 - beta1^t) becomes
//   mu_(t+1) m / (1 - P_(t+1)) + (1 - mu_t) g / (1 - P_t).
// Dozat, "Incorporating Nesterov momentum into Adam" (2016), as in PyTorch.
class Nadam : public AdamStep {
 public:
  explicit Nadam(const NadamOptions& options)
      : AdamStep(options, options.decoupled),
        fall_(std::pow(0.96, options.momentum_decay)) {}

  void Step(const OptimizerStep& step) const noexcept override {
    AdamArgs args = Arguments(step);
    const double product = Product(step.step);
    const double now = Momentum(step.step);
    const double next = Momentum(step.step + 1);
    args.correction1 = (1 - product * next) / next;
    args.gradient_rate = step.rate * (1 - now) / (1 - product);
    ActiveKernels().adam(args);
  }

 private:
  double Momentum(Index t) const noexcept {
    return options().beta1 * (1 - std::pow(fall_, static_cast<double>(t)) / 2);
  }

  // P_t, or 0 where it makes no difference to 1.
  double Product(Index t) const noexcept {
    if (std::pow(options().beta1, static_cast<double>(t)) < 1e-18) return 0;
    double product = 1;
    double power = 1;
    for (Index i = 1; i <= t; ++i) {
      power *= fall_;
      product *= options().beta1 * (1 - power / 2);
    }
    return product;
  }

  double fall_;
};

}  // namespace

extern const OptimizerEntry kNadam;
const OptimizerEntry kNadam = {
    MakeEntry<Nadam, NadamOptions>(
        "nadam", "adam with Nesterov's look ahead (Dozat 2016)"),
    2e-3};

}  // namespace mtlkit
