#include "cotrain/selection.h"
#include "cotrain/teaching.h"
#include "data/head.h"

namespace mtlkit {
namespace {

struct MustOptions {
  std::string labels = "soft";
  void Describe(Fields& field) {
    field("labels", labels,
          "what is learned of a task whose label is one class: probabilities, "
          "or the class where it has at least --threshold",
          {"soft", "hard"});
  }
};

// Probabilities to classes, without those that nobody is sure of.
ExtraLabels MustHard(const Task& task, const SoftTargets& soft,
                     double threshold) {
  ExtraLabels hard;
  hard.task = soft.task;
  const auto cols = At(task.prediction_cols());
  for (std::size_t i = 0; i < soft.rows.size(); ++i) {
    const Vote vote =
        VoteOf(task, std::span(soft.values).subspan(i * cols, cols));
    if (vote.certainty < threshold) continue;
    hard.rows.push_back(soft.rows[i]);
    hard.values.push_back(static_cast<float>(vote.label));
    hard.weights.push_back(1);
  }
  return hard;
}

// Ghiasi, Zoph, Cubuk, Le and Lin, "Multi-task self-training for learning
// general representations", 2021: specialists of a task each (--peer-tasks)
// label the rows that have no label of it, and a peer of all tasks learns from
// these and from the labels. Here every peer teaches the tasks that it has.
class Must : public RoundMethod {
 public:
  explicit Must(const MustOptions& options) : hard_(options.labels == "hard") {}

  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    TeachingRule rule;
    rule.unlabelled_only = true;
    rule.weight = args.spec.cotrain.weight;
    PlanTeaching(args, rule, plan);
    if (!hard_) return;
    std::vector<SoftTargets> soft;
    for (SoftTargets& targets : plan->soft_targets) {
      const Task& task = args.data.tasks[At(targets.task)];
      if (!task.traits().one_class) {
        soft.push_back(std::move(targets));
        continue;
      }
      ExtraLabels labels = MustHard(task, targets, args.spec.cotrain.threshold);
      if (!labels.rows.empty()) plan->extra_labels.push_back(std::move(labels));
    }
    plan->soft_targets = std::move(soft);
  }

 private:
  bool hard_;
};

}  // namespace

extern const RoundMethodEntry kMust;
const RoundMethodEntry kMust = {
    MakeEntry<Must, MustOptions>(
        "must",
        "peers that know a task label it for all others, which learn anew "
        "(Ghiasi et al. 2021)"),
    {.least_peers = 2,
     .fields = {"weight", "stale-decay", "threshold"},
     .published_rows = PublishedRows::kUnlabelled,
     .learns_anew = true,
     .gives_soft_targets = true}};

}  // namespace mtlkit
