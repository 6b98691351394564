#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/choice.h"
#include "base/options.h"
#include "base/registry.h"
#include "base/view.h"

namespace mtlkit {

// Which rule moves the parameters, and how far.
struct OptimizerOptions {
  std::string optimizer = "adam";  // NAME[:option=value,...]
  double rate = 0;       // before the schedule's factor; 0: the optimiser's own
  double decay = 0;      // weight decay, of weights but not biases
  double clip_norm = 0;  // longest whole gradient; 0: any
  double clip_value = 0;  // largest entry of it; 0: any

  void Describe(Fields& field);
};

// What one update of a run of parameters needs. The parameters of a run have
// had the same number of updates and decay alike.
struct OptimizerStep {
  std::span<Real> weights;
  std::span<const Real> gradient;
  // Optimizer::slots() blocks as long as `weights`, zero before the first step.
  std::span<Real* const> slots;
  Index step = 1;             // 1 at the first update of these parameters
  double rate = 0;            // of this step, after the schedule
  double gradient_scale = 1;  // of clipping by norm
  double decay = 0;           // 0 where these parameters do not decay
};

// A rule of descent: stateless, it acts on flat state that the caller keeps,
// so that a checkpoint needs to know nothing of it. Element-wise: a run may be
// cut anywhere. Any number of threads may share it.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // Blocks of state as long as the parameters.
  virtual Index slots() const = 0;
  virtual void Step(const OptimizerStep& step) const noexcept = 0;

  // True: how far a parameter (a slice, or a task's columns of it) moves
  // depends on the whole of it. Then Step moves nothing, but sets the last slot
  // to a direction, and Finish moves each run along that, given the Euclidean
  // norms of the whole parameter and of its direction.
  virtual bool scales_parameters() const { return false; }
  virtual void Finish(const OptimizerStep& /*step*/, double /*norm*/,
                      double /*direction_norm*/) const noexcept {}

  // True: the gradient of a step is not that of the weights, but of those that
  // Ascend makes of them by their gradient; then the step begins at the weights
  // as they were. It takes two passes.
  virtual bool ascends() const { return false; }
  virtual void Ascend(std::span<const Real> /*gradient*/,
                      std::span<Real> /*weights*/) const noexcept {}
};

// A registered optimiser (optimizers.def).
struct OptimizerEntry : RegistryEntry<std::unique_ptr<Optimizer>> {
  // Where none is chosen: PyTorch's default, or the paper's where PyTorch has
  // no such optimiser.
  double rate = 1e-3;
};

std::span<const OptimizerEntry* const> OptimizerEntries();
// An unknown name or option is kUsage.
std::unique_ptr<Optimizer> MakeOptimizer(
    const Choice& choice, const std::string& where = "--optimizer");

// The rate that was chosen, or that of the optimiser's own.
double RateOf(const OptimizerOptions& options);

// Blocks as long as the parameters that are held while these are learned: they,
// their gradient and the optimiser's state.
Index BlocksHeldBy(const Optimizer& optimizer);

// Cuts every entry to [-limit, limit]; NaN stays NaN. Needs limit > 0.
void ClipValues(std::span<Real> gradient, double limit);

// Factor that brings a gradient of Euclidean norm `norm` down to `limit`; 1 if
// it is not longer, or if limit is 0.
double ClipScale(double norm, double limit);

}  // namespace mtlkit
