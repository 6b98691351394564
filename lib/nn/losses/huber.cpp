#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Huber, "Robust estimation of a location parameter", 1964.
struct HuberPoint {
  Real delta;
  void operator()(Real residual, Real* loss, Real* slope) const {
    const Real size = std::abs(residual);
    if (size <= delta) {
      *loss = residual * residual / 2;
      *slope = residual;
    } else {
      *loss = delta * (size - delta / 2);
      *slope = residual > 0 ? delta : -delta;
    }
  }
};

class HuberLoss : public ResidualLoss<HuberPoint> {
 public:
  struct Options {
    double delta = 1.0;
    void Describe(Fields& fields) {
      fields("delta", delta,
             "where the tails begin, in (robust) deviations of the labels",
             MoreThan(0));
    }
  };
  HuberLoss(const Task& task, const Options& options)
      : ResidualLoss(task.output_cols(), {static_cast<Real>(options.delta)}) {}
  bool robust() const override { return true; }
};

constexpr std::string_view kHuberTypes[] = {"regression"};

}  // namespace

extern const LossEntry kHuberLoss;
const LossEntry kHuberLoss = {
    MakeEntry<HuberLoss, HuberLoss::Options>(
        "huber", "squared near 0, absolute in the tails (Huber 1964)"),
    kHuberTypes};

}  // namespace mtlkit
