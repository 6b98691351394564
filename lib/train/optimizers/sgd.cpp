#include "base/error.h"
#include "kernels/kernels.h"
#include "train/optimizer.h"

namespace mtlkit {
namespace {

struct SgdOptions {
  double momentum = 0.9;
  bool nesterov = false;
  double dampening = 0;
  bool decoupled = false;

  void Describe(Fields& field) {
    field("momentum", momentum, "part of the last step that is kept",
          BelowFrom(0, 1));
    field("nesterov", nesterov, "look ahead along the momentum");
    field("dampening", dampening, "part of a new gradient that is left out",
          BelowFrom(0, 1));
    field("decoupled", decoupled, "decay apart from the gradient, as in adamw");
  }
};

// v = momentum v + (1 - dampening) g, v = g at first; p -= rate v, with
// Nesterov p -= rate (g + momentum v). Decay is coupled: g += decay p; or
// decoupled: p -= rate decay p (SGDW, Loshchilov and Hutter 2019).
// Sutskever, Martens, Dahl and Hinton, "On the importance of initialization
// and momentum in deep learning" (2013).
class Sgd : public Optimizer {
 public:
  explicit Sgd(const SgdOptions& options) : options_(options) {
    Require(!options.nesterov || options.momentum > 0, ErrorKind::kUsage,
            "nesterov needs a momentum above 0");
    Require(!options.nesterov || options.dampening == 0, ErrorKind::kUsage,
            "nesterov with dampening, which looks less far ahead than the "
            "momentum goes",
            "leave one of them out");
    Require(options.dampening == 0 || options.momentum > 0, ErrorKind::kUsage,
            "dampening has no effect: there is no momentum", "leave it out");
  }

  Index slots() const override { return options_.momentum > 0 ? 1 : 0; }

  void Step(const OptimizerStep& step) const noexcept override {
    SgdArgs args;
    args.parameters = step.weights.data();
    args.gradient = step.gradient.data();
    args.velocity = slots() > 0 ? step.slots[0] : nullptr;
    args.size = static_cast<Index>(step.weights.size());
    args.rate = step.rate;
    args.momentum = options_.momentum;
    args.dampening = options_.dampening;
    args.nesterov = options_.nesterov;
    args.first_step = step.step == 1;
    args.decay = step.decay;
    args.decoupled = options_.decoupled;
    args.gradient_scale = step.gradient_scale;
    ActiveKernels().sgd(args);
  }

 private:
  SgdOptions options_;
};

}  // namespace

extern const OptimizerEntry kSgd;
const OptimizerEntry kSgd = {MakeEntry<Sgd, SgdOptions>(
    "sgd",
    "stochastic gradient descent with momentum (Sutskever et al. 2013)")};

}  // namespace mtlkit
