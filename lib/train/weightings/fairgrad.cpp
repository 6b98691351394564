#include "train/balance_weighting.h"

namespace mtlkit {
namespace {

struct FairgradOptions {
  double alpha = 2;
  BalanceOptions balance = {};

  void Describe(Fields& field) {
    field("alpha", alpha,
          "how much worse off tasks count: 1 is nash, more is fairer",
          Between(0.5, 20));
    balance.Describe(field);
  }
};

// The direction that is alpha-fair in what tasks gain of it: (Gw)_i =
// c_i w_i^(-1 / alpha), with task weights c. Ban and Ji, "Fair resource
// allocation in multi-task learning" (2024).
class Fairgrad : public BalanceWeighting {
 public:
  Fairgrad(std::span<const Task> tasks, const FairgradOptions& options)
      : BalanceWeighting(tasks, options.balance), p_(1 / options.alpha) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    SolveBalance(present, present.task_weight, p_, w);
  }

 private:
  double p_;
};

}  // namespace

extern const WeightingEntry kFairgrad;
const WeightingEntry kFairgrad = MakeEntry<Fairgrad, FairgradOptions>(
    "fairgrad", "what tasks gain is alpha-fair (Ban and Ji 2024)");

}  // namespace mtlkit
