#include "cotrain/labelling.h"

namespace mtlkit {
namespace {

// Yarowsky, "Unsupervised word sense disambiguation rivaling supervised
// methods", 1995: a network labels the rows that it is most certain of and
// learns again. The control of co-training: what one peer gains alone.
class SelfTraining : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    PlanLabelling(args, "shared", plan);
  }
};

}  // namespace

extern const RoundMethodEntry kSelfTraining;
const RoundMethodEntry kSelfTraining = {
    MakeEntry<SelfTraining>("self-training",
                            "each peer labels rows for itself (Yarowsky 1995)"),
    {.reads_others = false,
     .fields = {"per-class", "pool", "threshold"},
     .default_epochs = 300,
     .published_rows = PublishedRows::kUnlabelled,
     .learns_anew = true,
     .labels_rows = true}};

}  // namespace mtlkit
