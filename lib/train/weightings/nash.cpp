#include <algorithm>

#include "train/balance_weighting.h"

namespace mtlkit {
namespace {

struct NashOptions {
  Index every = 1;
  BalanceOptions balance = {};

  void Describe(Fields& field) {
    field("every", every, "steps for which weights that were found hold",
          AtLeast(1));
    balance.Describe(field);
  }
};

// The Nash bargaining solution among tasks, whose gains are the products of
// their gradients with the direction: (Gw)_i = c_i / w_i with task weights c,
// which does not depend on the scale of any loss. Navon, Shamsian, Achituve,
// Maron, Kawaguchi, Chechik and Fetaya, "Multi-task learning as a bargaining
// game" (2022); weights that hold for some steps are their update frequency. A
// task whose weight has run out, or that has none, makes all that are there
// bargain again.
class Nash : public BalanceWeighting {
 public:
  Nash(std::span<const Task> tasks, const NashOptions& options)
      : BalanceWeighting(tasks, options.balance),
        every_(options.every),
        tasks_(std::ssize(tasks)) {}

  // Of each task its weight, and for how many steps it still holds.
  Index state_size() const override { return every_ > 1 ? kSize * tasks_ : 0; }

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    if (every_ == 1) {
      SolveBalance(present, present.task_weight, 1, w);
      return;
    }
    const bool holds = std::ranges::all_of(present.tasks, [&](Index task) {
      return present.state[At(kSize * task + kLeft)] > 0;
    });
    if (!holds) SolveBalance(present, present.task_weight, 1, w);
    for (std::size_t i = 0; i < w.size(); ++i) {
      const std::span<double> own =
          present.state.subspan(At(kSize * present.tasks[i]), At(kSize));
      if (!holds) {
        own[kWeight] = w[i];
        own[kLeft] = static_cast<double>(every_);
      }
      w[i] = own[kWeight];
      own[kLeft] -= 1;
    }
  }

 private:
  static constexpr Index kWeight = 0;
  static constexpr Index kLeft = 1;
  static constexpr Index kSize = 2;

  Index every_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kNash;
const WeightingEntry kNash = MakeEntry<Nash, NashOptions>(
    "nash", "what tasks would bargain for (Navon et al. 2022)");

}  // namespace mtlkit
