#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

struct AdagradOptions {
  double epsilon = 1e-10;
  double start = 0;
  double rate_decay = 0;

  void Describe(Fields& field) {
    field("epsilon", epsilon, "added to the root", MoreThan(0));
    field("start", start, "what the sum of squares begins with", AtLeast(0));
    field("rate-decay", rate_decay,
          "the rate of update t is divided by 1 + (t - 1) times this",
          AtLeast(0));
  }
};

// s = s + g^2, p -= rate / (1 + (t - 1) rate_decay) g / (sqrt(s) + epsilon).
// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning
// and stochastic optimization" (2011), as in PyTorch.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(const AdagradOptions& options) : options_(options) {}

  Index slots() const override { return 1; }

  void Step(const OptimizerStep& step) const noexcept override {
    AdagradArgs args;
    SetUpdate(step, &args);
    args.rate /= 1 + static_cast<double>(step.step - 1) * options_.rate_decay;
    args.epsilon = options_.epsilon;
    args.start = step.step == 1 ? options_.start : 0;
    ActiveKernels().adagrad(args);
  }

 private:
  AdagradOptions options_;
};

}  // namespace

extern const OptimizerEntry kAdagrad;
const OptimizerEntry kAdagrad = {
    MakeEntry<Adagrad, AdagradOptions>(
        "adagrad",
        "gradient divided by the root of the sum of its squares (Duchi et al. "
        "2011)"),
    1e-2};

}  // namespace mtlkit
