#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// At a residual of 0 the slope is 0.
struct AbsolutePoint {
  void operator()(Real residual, Real* loss, Real* slope) const {
    *loss = std::abs(residual);
    *slope = static_cast<Real>((residual > 0) - (residual < 0));
  }
};

class AbsoluteLoss : public ResidualLoss<AbsolutePoint> {
 public:
  explicit AbsoluteLoss(const Task& task)
      : ResidualLoss(task.output_cols(), {}) {}
  bool robust() const override { return true; }
};

constexpr std::string_view kAbsoluteTypes[] = {"regression"};

}  // namespace

extern const LossEntry kAbsoluteLoss;
const LossEntry kAbsoluteLoss = {
    MakeEntry<AbsoluteLoss>("absolute",
                            "mean over columns of |output - y|: learns the "
                            "median, calm at outliers"),
    kAbsoluteTypes};

}  // namespace mtlkit
