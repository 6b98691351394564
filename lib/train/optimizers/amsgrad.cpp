#include "train/optimizers/adam_step.h"

namespace mtlkit {
namespace {

// Adam with the largest v so far in place of v, before the correction of its
// beginning (as PyTorch has it). Reddi, Kale and Kumar, "On the convergence of
// Adam and beyond" (2018).
class AmsGrad : public AdamStep {
 public:
  explicit AmsGrad(const AdamKinOptions& options)
      : AdamStep(options, options.decoupled) {}

  Index slots() const override { return 3; }

  void Step(const OptimizerStep& step) const noexcept override {
    AdamArgs args = Arguments(step);
    args.largest_moment = step.slots[2];
    ActiveKernels().adam(args);
  }
};

}  // namespace

extern const OptimizerEntry kAmsGrad;
const OptimizerEntry kAmsGrad = {MakeEntry<AmsGrad, AdamKinOptions>(
    "amsgrad", "adam whose mean square never falls (Reddi et al. 2018)")};

}  // namespace mtlkit
