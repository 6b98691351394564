#include "cotrain/labelling.h"

namespace mtlkit {
namespace {

// Blum and Mitchell, "Combining labeled and unlabeled data with co-training",
// 1998, for any number of classes, tasks and peers; the readings of it that
// are in use are --labelling shared, cross and agree (selection.h).
class CoTraining : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    PlanLabelling(args, args.spec.cotrain.labelling, plan);
  }
};

}  // namespace

extern const RoundMethodEntry kCoTraining;
const RoundMethodEntry kCoTraining = {
    MakeEntry<CoTraining>(
        "co-training",
        "peers with views of their own label rows for each other (Blum and "
        "Mitchell 1998)"),
    {.least_peers = 2,
     .fields = {"labelling", "per-class", "pool", "threshold", "conflict"},
     .default_epochs = 300,
     .published_rows = PublishedRows::kUnlabelled,
     .learns_anew = true,
     .labels_rows = true}};

}  // namespace mtlkit
