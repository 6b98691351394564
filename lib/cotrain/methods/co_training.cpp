#include "cotrain/labelling.h"

namespace mtlkit {
namespace {

// Blum and Mitchell, "Combining labeled and unlabeled data with co-training",
// 1998, for any number of classes, tasks and peers; the readings of it that
// are in use are --labelling shared, cross and agree (selection.h).
void Plan(const RoundArgs& args, RoundPlan* plan) {
  PlanLabelling(args, args.spec.cotrain.labelling, plan);
}

}  // namespace

extern const RoundMethod kCoTraining;
const RoundMethod kCoTraining = {
    "co-training",
    "peers with views of their own label rows for each other (Blum and "
    "Mitchell 1998)",
    2,
    false,
    true,
    {"labelling", "per-class", "pool", "threshold"},
    "all",
    300,
    PublishedRows::kUnlabelled,
    false,
    Plan};

}  // namespace mtlkit
