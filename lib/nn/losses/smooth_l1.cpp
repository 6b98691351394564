#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Girshick, "Fast R-CNN", 2015: the Huber loss divided by where its tails
// begin, so that these have slope 1 wherever that is.
struct SmoothL1Point {
  Real beta;
  void operator()(Real residual, Real* loss, Real* slope) const {
    const Real size = std::abs(residual);
    if (size < beta) {
      *loss = residual * residual / (2 * beta);
      *slope = residual / beta;
    } else {
      *loss = size - beta / 2;
      *slope = residual > 0 ? Real{1} : Real{-1};
    }
  }
};

class SmoothL1Loss : public ResidualLoss<SmoothL1Point> {
 public:
  struct Options {
    double beta = 1.0;
    void Describe(Fields& fields) {
      fields("beta", beta,
             "where the tails begin, in (robust) deviations of the labels",
             MoreThan(0));
    }
  };
  SmoothL1Loss(const Task& task, const Options& options)
      : ResidualLoss(task.output_cols(), {static_cast<Real>(options.beta)}) {}
  bool robust() const override { return true; }
};

constexpr std::string_view kSmoothL1Types[] = {"regression"};

}  // namespace

extern const LossEntry kSmoothL1Loss;
const LossEntry kSmoothL1Loss = {
    MakeEntry<SmoothL1Loss, SmoothL1Loss::Options>(
        "smooth-l1",
        "squared near 0, absolute in the tails, which have slope 1 (Girshick "
        "2015)"),
    kSmoothL1Types};

}  // namespace mtlkit
