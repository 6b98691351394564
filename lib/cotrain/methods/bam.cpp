#include "cotrain/teaching.h"

namespace mtlkit {
namespace {

// Clark, Luong, Khandelwal, Manning and Le, "BAM! Born-again multi-task
// networks for natural language understanding", 2019: peers learn anew from
// what others that have the task say, such as a network of all tasks from one
// for each (--peer-tasks), and from the labels: the target goes from the one to
// the other, a y + (1 - a) p, with a rising from 0 to 1 over the round (teacher
// annealing).
class Bam : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    TeachingRule rule;
    rule.anneals = true;
    rule.weight = args.spec.cotrain.weight;
    PlanTeaching(args, rule, plan);
  }
};

}  // namespace

extern const RoundMethodEntry kBam;
const RoundMethodEntry kBam = {
    MakeEntry<Bam>("bam",
                   "peers learn anew from others that have the task, and more "
                   "and more from the labels (Clark et al. 2019)"),
    {.least_peers = 2,
     .fields = {"weight", "stale-decay"},
     .published_rows = PublishedRows::kAll,
     .learns_anew = true,
     .gives_soft_targets = true}};

}  // namespace mtlkit
