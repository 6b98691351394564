#include "cotrain/teaching.h"

namespace mtlkit {
namespace {

// Furlanello, Lipton, Tschannen, Itti and Anandkumar, "Born-again neural
// networks", 2018: a round is a generation, which learns anew from the labels
// and from what the generation before it says of the training rows.
class BornAgain : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    TeachingRule rule;
    rule.teachers = TeachingRule::Teachers::kOwn;
    rule.weight = args.spec.cotrain.weight;
    PlanTeaching(args, rule, plan);
  }
};

}  // namespace

extern const RoundMethodEntry kBornAgain;
const RoundMethodEntry kBornAgain = {
    MakeEntry<BornAgain>("born-again",
                         "each round learns anew from the labels and from the "
                         "round before it (Furlanello et al. 2018)"),
    {.reads_others = false,
     .fields = {"weight"},
     .published_rows = PublishedRows::kAll,
     .learns_anew = true,
     .gives_soft_targets = true}};

}  // namespace mtlkit
