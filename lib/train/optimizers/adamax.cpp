#include <cmath>

#include "train/optimizers/adam_step.h"
#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

// m as in Adam, u = max(beta2 u, |g| + epsilon), p -= rate m / ((1 - beta1^t)
// u). Kingma and Ba, "Adam: a method for stochastic optimization" (2015),
// section 7; epsilon as in PyTorch.
class Adamax : public Optimizer {
 public:
  explicit Adamax(const AdamOptions& options) : options_(options) {}

  Index slots() const override { return 2; }

  void Step(const OptimizerStep& step) const noexcept override {
    AdamaxArgs args;
    SetUpdate(step, &args);
    args.beta1 = options_.beta1;
    args.beta2 = options_.beta2;
    args.epsilon = options_.epsilon;
    args.correction1 =
        1 - std::pow(options_.beta1, static_cast<double>(step.step));
    ActiveKernels().adamax(args);
  }

 private:
  AdamOptions options_;
};

}  // namespace

extern const OptimizerEntry kAdamax;
const OptimizerEntry kAdamax = {
    MakeEntry<Adamax, AdamOptions>(
        "adamax",
        "adam with the largest gradient in place of the mean square "
        "(Kingma and Ba 2015)"),
    2e-3};

}  // namespace mtlkit
