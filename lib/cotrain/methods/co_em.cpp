#include "cotrain/teaching.h"

namespace mtlkit {
namespace {

// Nigam and Ghani, "Analyzing the effectiveness and applicability of
// co-training", 2000: peers with views of their own label all unlabelled rows
// with probabilities, and each learns anew from the labels and from what the
// others say; of several others it is the mean.
class CoEm : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    TeachingRule rule;
    rule.unlabelled_only = true;
    rule.weight = args.spec.cotrain.weight;
    PlanTeaching(args, rule, plan);
  }
};

}  // namespace

extern const RoundMethodEntry kCoEm;
const RoundMethodEntry kCoEm = {
    MakeEntry<CoEm>("co-em",
                    "peers with views of their own learn anew from each "
                    "other's probabilities of all unlabelled rows (Nigam and "
                    "Ghani 2000)"),
    {.least_peers = 2,
     .fields = {"weight", "stale-decay"},
     .default_epochs = 300,
     .published_rows = PublishedRows::kUnlabelled,
     .learns_anew = true,
     .gives_soft_targets = true}};

}  // namespace mtlkit
