#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "base/error.h"
#include "kernels/kernels.h"
#include "train/optimizer.h"

namespace mtlkit {
namespace {

struct SamOptions {
  double rho = 0.05;
  bool adaptive = false;
  std::string base = "adam";

  void Describe(Fields& field) {
    field("rho", rho, "how far away the gradient is taken", MoreThan(0));
    field("adaptive", adaptive,
          "whether distances are by the size of each weight (ASAM)");
    field.Named("base", base, "NAME[:option=value/...]",
                "the optimiser that takes the step");
  }
};

// Sharpness-aware: the base optimiser takes a step by the gradient at p + e, e
// = rho g / |g|, where the loss is about the highest within rho of p. Foret,
// Kleiner, Mobahi and Neyshabur, "Sharpness-aware minimization for efficiently
// improving generalization" (2021), equations 2 and 3. Adaptive: e = rho s^2 g
// / |s g| with s = |p|, so that the scale of weights does not matter. Kwon,
// Kim, Park and Choi, "ASAM: adaptive sharpness-aware minimization for
// scale-invariant learning of deep neural networks" (2021).
class Sam : public Optimizer {
 public:
  explicit Sam(const SamOptions& options)
      : rho_(options.rho),
        adaptive_(options.adaptive),
        base_(MakeOptimizer(ParseInnerChoice(options.base, "base"), "base")) {
    Require(!base_->ascends(), ErrorKind::kUsage,
            Str("base: '", options.base, "' takes two gradients itself"),
            "give one that takes a step, such as adamw");
  }

  Index slots() const override { return base_->slots(); }
  void Step(const OptimizerStep& step) const noexcept override {
    base_->Step(step);
  }
  bool scales_parameters() const override { return base_->scales_parameters(); }
  void Finish(const OptimizerStep& step, double norm,
              double direction_norm) const noexcept override {
    base_->Finish(step, norm, direction_norm);
  }

  bool ascends() const override { return true; }
  void Ascend(std::span<const Real> gradient,
              std::span<Real> weights) const noexcept override {
    const double times = rho_ / Norm(gradient, weights);
    // Where nothing pulls there is no way up.
    constexpr double kMost = std::numeric_limits<Real>::max();
    if (!(times <= kMost)) return;
    if (!adaptive_) {
      ActiveKernels().axpy(static_cast<Real>(times), gradient.data(),
                           weights.data(), std::ssize(weights));
      return;
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double p = static_cast<double>(weights[i]);
      weights[i] = static_cast<Real>(p + times * p * p *
                                             static_cast<double>(gradient[i]));
    }
  }

 private:
  double Norm(std::span<const Real> gradient,
              std::span<const Real> weights) const {
    if (!adaptive_) {
      return std::sqrt(ActiveKernels().dot(gradient.data(), gradient.data(),
                                           std::ssize(gradient)));
    }
    double square = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double part =
          static_cast<double>(weights[i]) * static_cast<double>(gradient[i]);
      square += part * part;
    }
    return std::sqrt(square);
  }

  double rho_;
  bool adaptive_;
  std::unique_ptr<Optimizer> base_;
};

}  // namespace

extern const OptimizerEntry kSam;
const OptimizerEntry kSam = {MakeEntry<Sam, SamOptions>(
    "sam",
    "another's step, by the gradient where the loss near is highest (Foret et "
    "al. 2021)")};

}  // namespace mtlkit
