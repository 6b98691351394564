#include <cmath>

#include "base/registry.h"
#include "nn/losses/pairwise.h"

namespace mtlkit {
namespace {

// log(1 + exp(-sigma m)) of a margin m (Burges et al., "Learning to rank using
// gradient descent", 2005).
struct RankNetPoint {
  double sigma;
  double operator()(double margin, double* slope) const {
    const double z = sigma * margin;
    const double small = std::exp(-std::abs(z));
    *slope = -sigma * (z >= 0 ? small : 1) / (1 + small);
    return std::max(-z, 0.0) + std::log1p(small);
  }
};

class PairwiseLogisticLoss : public PairwiseLoss<RankNetPoint> {
 public:
  struct Options {
    double sigma = 1;
    void Describe(Fields& fields) {
      fields("sigma", sigma, "what margins are multiplied by", MoreThan(0));
    }
  };
  PairwiseLogisticLoss(const Task& /*task*/, const Options& options)
      : PairwiseLoss(RankNetPoint{options.sigma}) {}
};

}  // namespace

extern const LossEntry kPairwiseLogisticLoss;
const LossEntry kPairwiseLogisticLoss = {
    MakeEntry<PairwiseLogisticLoss, PairwiseLogisticLoss::Options>(
        "pairwise-logistic",
        "of two rows of a group the one with the higher label is to have the "
        "higher score (RankNet, Burges et al. 2005)"),
    kPairwiseTypes};

}  // namespace mtlkit
