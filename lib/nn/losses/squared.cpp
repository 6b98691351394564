#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct SquaredPoint {
  void operator()(Real residual, Real* loss, Real* slope) const {
    *loss = residual * residual;
    *slope = 2 * residual;
  }
};

class SquaredLoss : public ResidualLoss<SquaredPoint> {
 public:
  using Options = NoLossOptions;
  SquaredLoss(const Task& task, const Options&)
      : ResidualLoss(task.output_cols(), {}) {}
};

constexpr TaskType kTypes[] = {TaskType::kRegression};

}  // namespace

extern const LossEntry kSquaredLoss;
const LossEntry kSquaredLoss = {
    "squared",
    "mean over columns of (output - y)^2",
    kTypes,
    false,
    DescribeLoss<SquaredLoss>,
    CreateLoss<SquaredLoss>,
};

}  // namespace mtlkit
