#include <algorithm>

#include "base/registry.h"
#include "nn/losses/pairwise.h"

namespace mtlkit {
namespace {

// max(0, margin - m) of a margin m (Herbrich, Graepel and Obermayer, "Large
// margin rank boundaries for ordinal regression", 2000).
struct RankHingePoint {
  double wanted;
  double operator()(double margin, double* slope) const {
    *slope = margin < wanted ? -1 : 0;
    return std::max(wanted - margin, 0.0);
  }
};

class PairwiseHingeLoss : public PairwiseLoss<RankHingePoint> {
 public:
  struct Options {
    double margin = 1;
    void Describe(Fields& fields) {
      fields("margin", margin, "by which scores are to be apart", MoreThan(0));
    }
  };
  PairwiseHingeLoss(const Task& /*task*/, const Options& options)
      : PairwiseLoss(RankHingePoint{options.margin}) {}
};

}  // namespace

extern const LossEntry kPairwiseHingeLoss;
const LossEntry kPairwiseHingeLoss = {
    MakeEntry<PairwiseHingeLoss, PairwiseHingeLoss::Options>(
        "pairwise-hinge",
        "as pairwise-logistic, with nothing to learn from pairs that are apart "
        "by a margin (Herbrich et al. 2000)"),
    kPairwiseTypes};

}  // namespace mtlkit
