#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

struct LionOptions {
  double beta1 = 0.9;
  double beta2 = 0.99;

  void Describe(Fields& field) {
    field("beta1", beta1, "part of the mean gradient in a step",
          BelowFrom(0, 1));
    field("beta2", beta2, "memory of the mean gradient", BelowFrom(0, 1));
  }
};

// p -= rate (sign(beta1 m + (1 - beta1) g) + decay p), then
// m = beta2 m + (1 - beta2) g. Chen, Liang, Huang, Real, Wang and others,
// "Symbolic discovery of optimization algorithms" (2023).
class Lion : public Optimizer {
 public:
  explicit Lion(const LionOptions& options) : options_(options) {}

  Index slots() const override { return 1; }

  void Step(const OptimizerStep& step) const noexcept override {
    LionArgs args;
    SetUpdate(step, &args);
    args.decoupled = true;
    args.beta1 = options_.beta1;
    args.beta2 = options_.beta2;
    ActiveKernels().lion(args);
  }

 private:
  LionOptions options_;
};

}  // namespace

extern const OptimizerEntry kLion;
const OptimizerEntry kLion = {
    MakeEntry<Lion, LionOptions>(
        "lion",
        "the sign of a mean gradient; its rate is 0.0001 (Chen et al. 2023)"),
    1e-4};

}  // namespace mtlkit
