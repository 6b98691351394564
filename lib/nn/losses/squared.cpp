#include "base/registry.h"
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
  explicit SquaredLoss(const Task& task)
      : ResidualLoss(task.output_cols(), {}) {}
};

constexpr std::string_view kSquaredTypes[] = {"regression", "ranking"};

}  // namespace

extern const LossEntry kSquaredLoss;
const LossEntry kSquaredLoss = {
    MakeEntry<SquaredLoss>("squared", "mean over columns of (output - y)^2"),
    kSquaredTypes};

}  // namespace mtlkit
