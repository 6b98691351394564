#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

struct AdadeltaOptions {
  double rho = 0.9;
  double epsilon = 1e-6;

  void Describe(Fields& field) {
    field("rho", rho, "memory of the mean squares", BelowFrom(0, 1));
    field("epsilon", epsilon, "added to mean squares", MoreThan(0));
  }
};

// v = rho v + (1 - rho) g^2, d = sqrt(e + epsilon) / sqrt(v + epsilon) g,
// e = rho e + (1 - rho) d^2, p -= rate d. Zeiler, "ADADELTA: an adaptive
// learning rate method" (2012), whose rate is 1.
class Adadelta : public Optimizer {
 public:
  explicit Adadelta(const AdadeltaOptions& options) : options_(options) {}

  Index slots() const override { return 2; }

  void Step(const OptimizerStep& step) const noexcept override {
    AdadeltaArgs args;
    SetUpdate(step, &args);
    args.rho = options_.rho;
    args.epsilon = options_.epsilon;
    ActiveKernels().adadelta(args);
  }

 private:
  AdadeltaOptions options_;
};

}  // namespace

extern const OptimizerEntry kAdadelta;
const OptimizerEntry kAdadelta = {
    MakeEntry<Adadelta, AdadeltaOptions>(
        "adadelta",
        "steps in the unit of the parameters; its rate is 1 (Zeiler 2012)"),
    1};

}  // namespace mtlkit
