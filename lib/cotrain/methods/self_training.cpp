#include "cotrain/labelling.h"

namespace mtlkit {
namespace {

// Yarowsky, "Unsupervised word sense disambiguation rivaling supervised
// methods", 1995: a network labels the rows that it is most certain of and
// learns again. The control of co-training: what one peer gains alone.
void Plan(const RoundArgs& args, RoundPlan* plan) {
  PlanLabelling(args, "shared", plan);
}

}  // namespace

extern const RoundMethod kSelfTraining;
const RoundMethod kSelfTraining = {
    "self-training",
    "each peer labels rows for itself (Yarowsky 1995)",
    1,
    false,
    false,
    {"per-class", "pool", "threshold"},
    "all",
    300,
    PublishedRows::kUnlabelled,
    false,
    Plan};

}  // namespace mtlkit
