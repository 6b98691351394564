#include "train/optimizers/adam_step.h"

namespace mtlkit {
namespace {

// Adam that divides by the root only once its variance is bounded: with
//   rho_t = rho - 2 t beta2^t / (1 - beta2^t), rho = 2 / (1 - beta2) - 1
// above 5, by sqrt(v) + epsilon times sqrt(1 - beta2^t) r with
//   r^2 = (rho_t - 4) (rho_t - 2) rho / ((rho - 4) (rho - 2) rho_t),
// before that not at all. Liu, Jiang, He, Chen, Liu, Gao and Han, "On the
// variance of the adaptive learning rate and beyond" (2020); 5 as in PyTorch,
// where the paper has 4.
class Radam : public AdamStep {
 public:
  explicit Radam(const AdamKinOptions& options)
      : AdamStep(options, options.decoupled) {}

  void Step(const OptimizerStep& step) const noexcept override {
    AdamArgs args = Arguments(step);
    const double beta2 = options().beta2;
    const double rho = 2 / (1 - beta2) - 1;
    const double rest = args.correction2;
    const double t = static_cast<double>(step.step);
    const double rho_t = rho - 2 * t * (1 - rest) / rest;
    args.divides = rho_t > 5;
    args.correction2 = 1;
    if (args.divides) {
      const double square =
          (rho_t - 4) * (rho_t - 2) * rho / ((rho - 4) * (rho - 2) * rho_t);
      args.correction1 /= std::sqrt(square * rest);
    }
    ActiveKernels().adam(args);
  }
};

}  // namespace

extern const OptimizerEntry kRadam;
const OptimizerEntry kRadam = {MakeEntry<Radam, AdamKinOptions>(
    "radam", "adam whose first steps are not divided (Liu et al. 2020)")};

}  // namespace mtlkit
