#include "cotrain/param_round.h"
#include "cotrain/teaching.h"

namespace mtlkit {
namespace {

TeachingRule FedMdRule(const RoundArgs& args) {
  TeachingRule rule;
  rule.teachers = TeachingRule::Teachers::kAll;
  rule.consensus = Consensus::kLogMean;
  rule.unlabelled_only = true;
  rule.weight = args.spec.cotrain.weight;
  return rule;
}

// Li and Wang, "FedMD: heterogeneous federated learning via model
// distillation", 2019: peers of any kind publish what they say of rows that all
// have, here those without a label; each learns the consensus, the mean of all
// logits, its own among them, beside its own labels.
class FedMd : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    PlanTeaching(args, FedMdRule(args), plan);
  }
};

// Lin, Kong, Stich and Jaggi, "Ensemble distillation for robust model fusion in
// federated learning", 2020: the same, from the aggregate of the peers'
// parameters on. The paper distils before peers learn from labels; here both
// are one training, so that no server is needed.
class FedDf : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    const ParamRound round(args, plan->params);
    if (!round.note().empty()) plan->notes.push_back(round.note());
    if (!round.is_first()) {
      round.exchanged().Put(round.together(), &plan->params);
    }
    // A merge where peers have data of their own shows no rows; there are no
    // predictions then.
    PlanTeaching(args, FedMdRule(args), plan);
  }
};

}  // namespace

extern const RoundMethodEntry kFedMd;
const RoundMethodEntry kFedMd = {
    MakeEntry<FedMd>("fedmd",
                     "peers of any kind learn the mean of all logits on rows "
                     "without a label (Li and Wang 2019)"),
    {.least_peers = 2,
     .fields = {"weight", "stale-decay"},
     .default_rows_by = "random",
     .published_rows = PublishedRows::kUnlabelled,
     .gives_soft_targets = true}};

extern const RoundMethodEntry kFedDf;
const RoundMethodEntry kFedDf = {
    MakeEntry<FedDf>("feddf",
                     "fedavg whose peers learn the mean of all logits on rows "
                     "without a label, too (Lin et al. 2020)"),
    {.least_peers = 2,
     .same_start = true,
     .fields = {"weight", "stale-decay", "params", "buffers", "aggregate"},
     .default_rows_by = "random",
     .published_rows = PublishedRows::kUnlabelled,
     .publishes_params = true,
     .means = true,
     .gives_soft_targets = true}};

}  // namespace mtlkit
