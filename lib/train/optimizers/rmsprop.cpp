#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

struct RmspropOptions {
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  bool centred = false;

  void Describe(Fields& field) {
    field("alpha", alpha, "memory of the mean square", BelowFrom(0, 1));
    field("epsilon", epsilon, "added to the root mean square", MoreThan(0));
    field("momentum", momentum, "part of the last step that is kept",
          BelowFrom(0, 1));
    field("centred", centred, "divide by the deviation of the gradient");
  }
};

// v = alpha v + (1 - alpha) g^2, p -= rate g / (sqrt(v) + epsilon). centred:
// less the square of the mean gradient (Graves, "Generating sequences with
// recurrent neural networks", 2013). Tieleman and Hinton, "Lecture 6.5:
// RMSprop" (2012), as in PyTorch.
class Rmsprop : public Optimizer {
 public:
  explicit Rmsprop(const RmspropOptions& options) : options_(options) {}

  Index slots() const override {
    if (options_.momentum > 0) return 3;
    return options_.centred ? 2 : 1;
  }

  void Step(const OptimizerStep& step) const noexcept override {
    RmspropArgs args;
    SetUpdate(step, &args);
    args.alpha = options_.alpha;
    args.epsilon = options_.epsilon;
    args.momentum = options_.momentum;
    args.centred = options_.centred;
    ActiveKernels().rmsprop(args);
  }

 private:
  RmspropOptions options_;
};

}  // namespace

extern const OptimizerEntry kRmsprop;
const OptimizerEntry kRmsprop = {
    MakeEntry<Rmsprop, RmspropOptions>(
        "rmsprop",
        "gradient divided by its root mean square (Tieleman and Hinton 2012)"),
    1e-2};

}  // namespace mtlkit
