#include "cotrain/teaching.h"

namespace mtlkit {
namespace {

struct CodistillationOptions {
  double temperature = 1;
  bool scale_by_square = true;
  void Describe(Fields& field) {
    field("temperature", temperature, "softens both distributions",
          MoreThan(0));
    field("scale-by-square", scale_by_square,
          "multiply by its square, so that gradients keep their size");
  }
};

// Anil, Pereyra, Passos, Ormandi, Dahl and Hinton, "Large scale distributed
// neural network training through online distillation", 2018: a peer's loss
// has a second term that pulls its predictions towards the mean of the other
// peers' last published ones, which are constants to it.
class Codistillation : public RoundMethod {
 public:
  explicit Codistillation(const CodistillationOptions& options)
      : options_(options) {}

  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    if (args.round <= args.spec.cotrain.burn_in) return;
    TeachingRule rule;
    rule.weight = args.spec.cotrain.weight;
    rule.loss = ChoiceText(
        {"distillation",
         {{"temperature", Str(options_.temperature)},
          {"scale-by-square", options_.scale_by_square ? "yes" : "no"}}});
    PlanTeaching(args, rule, plan);
  }

 private:
  CodistillationOptions options_;
};

}  // namespace

extern const RoundMethodEntry kCodistillation;
const RoundMethodEntry kCodistillation = {
    MakeEntry<Codistillation, CodistillationOptions>(
        "codistillation",
        "each peer learns from the labels and from the mean of the others' "
        "last predictions (Anil et al. 2018)"),
    {.least_peers = 2,
     .fields = {"weight", "burn-in", "stale-decay"},
     .published_rows = PublishedRows::kAll,
     .gives_soft_targets = true}};

}  // namespace mtlkit
