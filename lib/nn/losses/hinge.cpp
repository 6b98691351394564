#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Cortes and Vapnik, "Support-vector networks", 1995: how much the output lacks
// to be 1 on the label's side. The slope at 1 is 0.
struct HingePoint {
  void operator()(Real side, Real* loss, Real* slope) const {
    *loss = std::max(Real{0}, 1 - side);
    *slope = side < 1 ? Real{-1} : Real{0};
  }
};

class HingeLoss : public ClassLoss<SideOf<HingePoint>> {
 public:
  explicit HingeLoss(const Task& /*task*/) : ClassLoss({}) {}
};

constexpr std::string_view kHingeTypes[] = {"binary"};

}  // namespace

extern const LossEntry kHingeLoss;
const LossEntry kHingeLoss = {
    MakeEntry<HingeLoss>("hinge",
                         "how much the output lacks to be 1 on the label's "
                         "side (Cortes and Vapnik 1995)"),
    kHingeTypes};

}  // namespace mtlkit
