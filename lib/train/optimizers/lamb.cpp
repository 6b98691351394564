#include <cmath>

#include "train/optimizers/adam_step.h"
#include "train/optimizers/update_args.h"

namespace mtlkit {
namespace {

struct LambOptions : AdamOptions {
  bool corrects = true;

  LambOptions() { epsilon = 1e-6; }
  void Describe(Fields& field) {
    AdamOptions::Describe(field);
    field("corrects", corrects, "correct the beginning of the means, as adam");
  }
};

// u = m' / (sqrt(v') + epsilon) + decay p with the means of Adam, and
// p -= rate |p| / |u| u for each parameter (a kernel, a bias, a task's columns
// of a layer that is split by task), where |p| / |u| is 1 if either is 0. You,
// Li, Reddi, Hseu, Kumar, Bhojanapalli, Song, Demmel, Keutzer and Hsieh, "Large
// batch optimization for deep learning: training BERT in 76 minutes" (2020).
class Lamb : public Optimizer {
 public:
  explicit Lamb(const LambOptions& options) : options_(options) {}

  Index slots() const override { return 3; }
  bool scales_parameters() const override { return true; }

  void Step(const OptimizerStep& step) const noexcept override {
    LambArgs args;
    SetUpdate(step, &args);
    args.beta1 = options_.beta1;
    args.beta2 = options_.beta2;
    args.epsilon = options_.epsilon;
    if (options_.corrects) {
      const double count = static_cast<double>(step.step);
      args.correction1 = 1 - std::pow(options_.beta1, count);
      args.correction2 = 1 - std::pow(options_.beta2, count);
    }
    ActiveKernels().lamb(args);
  }

  void Finish(const OptimizerStep& step, double norm,
              double direction_norm) const noexcept override {
    const bool is_scaled = norm > 0 && direction_norm > 0;
    const double trust = is_scaled ? norm / direction_norm : 1;
    ActiveKernels().axpy(static_cast<Real>(-step.rate * trust), step.slots[2],
                         step.weights.data(),
                         static_cast<Index>(step.weights.size()));
  }

 private:
  LambOptions options_;
};

}  // namespace

extern const OptimizerEntry kLamb;
const OptimizerEntry kLamb = {MakeEntry<Lamb, LambOptions>(
    "lamb",
    "adam with steps in proportion to each parameter's length (You et al. "
    "2020)")};

}  // namespace mtlkit
