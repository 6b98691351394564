#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// The square of `hinge`, which has no kink: the L2 loss of support-vector
// networks.
struct SquaredHingePoint {
  void operator()(Real side, Real* loss, Real* slope) const {
    const Real lacking = std::max(Real{0}, 1 - side);
    *loss = lacking * lacking;
    *slope = -2 * lacking;
  }
};

class SquaredHingeLoss : public ClassLoss<SideOf<SquaredHingePoint>> {
 public:
  explicit SquaredHingeLoss(const Task& /*task*/) : ClassLoss({}) {}
};

constexpr std::string_view kSquaredHingeTypes[] = {"binary"};

}  // namespace

extern const LossEntry kSquaredHingeLoss;
const LossEntry kSquaredHingeLoss = {
    MakeEntry<SquaredHingeLoss>(
        "squared-hinge",
        "the square of what the output lacks to be 1 on the label's side"),
    kSquaredHingeTypes};

}  // namespace mtlkit
