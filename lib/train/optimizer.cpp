#include "train/optimizer.h"

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY OptimizerEntries
#define MTLKIT_REGISTRY_ENTRY OptimizerEntry
#define MTLKIT_REGISTRY_LIST "train/optimizers.def"
#include "base/registry_list.inc"

std::unique_ptr<Optimizer> MakeOptimizer(const Choice& choice,
                                         const std::string& where) {
  return MakeChosen(OptimizerEntries(), "optimizer", choice, where);
}

void OptimizerOptions::Describe(Fields& field) {
  field.Named("optimizer", optimizer, "NAME[:option=value,...]",
              "rule of descent (mtl-train --list optimizers)");
  field("rate", rate,
        "learning rate before the schedule's factor; 0: the optimiser's own, "
        "which is 0.001 for adam",
        AtLeast(0));
  field("decay", decay, "weight decay, of weights but not of biases",
        AtLeast(0));
  field("clip-norm", clip_norm, "longest gradient, shortened if longer; 0: any",
        AtLeast(0));
  field("clip-value", clip_value, "largest entry of the gradient; 0: any",
        AtLeast(0));
}

double RateOf(const OptimizerOptions& options) {
  if (options.rate > 0) return options.rate;
  const Choice choice = ParseChoice(options.optimizer, "--optimizer");
  return FindEntry(OptimizerEntries(), "optimizer", choice.name).rate;
}

Index BlocksHeldBy(const Optimizer& optimizer) {
  return 2 + optimizer.slots() + (optimizer.ascends() ? 1 : 0);
}

void ClipValues(std::span<Real> gradient, double limit) {
  const Real high = static_cast<Real>(limit);
  for (Real& value : gradient) {
    if (value > high) value = high;
    if (value < -high) value = -high;
  }
}

double ClipScale(double norm, double limit) {
  return limit > 0 && norm > limit ? limit / norm : 1.0;
}

}  // namespace mtlkit
