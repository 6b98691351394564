#include <cmath>
#include <map>

#include "cotrain/method.h"

namespace mtlkit {
namespace {

// The mean of what the others predict of a row, weighted by age.
struct Mean {
  double weight = 0;
  std::vector<double> sum;
};

SoftTargets TargetsOf(const RoundArgs& args, Index task) {
  const Index cols = args.data.tasks[At(task)].prediction_cols();
  std::map<Index, Mean> means;
  for (const Publication& publication : args.publications) {
    if (publication.peer == args.peer) continue;
    // The youngest that can be read is one round old.
    const Index age = args.round - publication.round - 1;
    const double share =
        std::pow(args.spec.cotrain.stale_decay, static_cast<double>(age));
    const PublishedTask* published = FindTask(publication, task);
    if (published == nullptr) continue;
    for (std::size_t i = 0; i < published->rows.size(); ++i) {
      Mean& mean = means[published->rows[i]];
      mean.sum.resize(At(cols));
      mean.weight += share;
      for (std::size_t col = 0; col < mean.sum.size(); ++col) {
        mean.sum[col] +=
            share *
            static_cast<double>(published->values[i * mean.sum.size() + col]);
      }
    }
  }
  SoftTargets targets;
  targets.task = task;
  targets.factor = args.spec.cotrain.weight;
  for (const auto& [row, mean] : means) {
    if (mean.weight <= 0) continue;
    targets.rows.push_back(row);
    for (const double sum : mean.sum) {
      targets.values.push_back(static_cast<float>(sum / mean.weight));
    }
  }
  return targets;
}

// Anil, Pereyra, Passos, Ormandi, Dahl and Hinton, "Large scale distributed
// neural network training through online distillation", 2018: a peer's loss
// has a second term that pulls its predictions towards the mean of the other
// peers' last published ones, which are constants to it.
class Codistillation : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    if (args.round <= args.spec.cotrain.burn_in) return;
    for (Index task = 0; task < static_cast<Index>(args.data.tasks.size());
         ++task) {
      SoftTargets targets = TargetsOf(args, task);
      if (!targets.rows.empty())
        plan->soft_targets.push_back(std::move(targets));
    }
  }
};

}  // namespace

extern const RoundMethodEntry kCodistillation;
const RoundMethodEntry kCodistillation = {
    MakeEntry<Codistillation>("codistillation",
                              "each peer learns from the labels and from the "
                              "mean of the others' last "
                              "predictions (Anil et al. 2018)"),
    {.least_peers = 2,
     .fields = {"weight", "burn-in", "stale-decay"},
     .published_rows = PublishedRows::kAll,
     .gives_soft_targets = true}};

}  // namespace mtlkit
