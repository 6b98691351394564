#include "train/balance_weighting.h"

namespace mtlkit {
namespace {

// The Nash bargaining solution among tasks, whose gains are the products of
// their gradients with the direction: (Gw)_i = c_i / w_i with task weights c,
// which does not depend on the scale of any loss. Navon, Shamsian, Achituve,
// Maron, Kawaguchi, Chechik and Fetaya, "Multi-task learning as a bargaining
// game" (2022).
class Nash : public BalanceWeighting {
 public:
  using BalanceWeighting::BalanceWeighting;

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    SolveBalance(present, present.task_weight, 1, w);
  }
};

}  // namespace

extern const WeightingEntry kNash;
const WeightingEntry kNash = MakeEntry<Nash, BalanceOptions>(
    "nash", "what tasks would bargain for (Navon et al. 2022)");

}  // namespace mtlkit
