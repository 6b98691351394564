#include <algorithm>
#include <vector>

#include "train/gramian_weighting.h"
#include "train/half_space_solver.h"

namespace mtlkit {
namespace {

// Every task's gradient is projected onto the dual cone of all, where no task
// gets worse; the mean of the projections is taken. Quinton and Rey, "Jacobian
// descent for multi-objective optimization" (2024). The projection of g_i / K
// is sum_j v_j g_j with the v >= e_i / K of least v'Gv.
class Upgrad : public GramianWeighting {
 public:
  explicit Upgrad(std::span<const Task> tasks)
      : GramianWeighting(tasks),
        solver_(static_cast<Index>(tasks.size())),
        u_(tasks.size()),
        x_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::span<double> u = {u_.data(), w.size()};
    const std::span<double> x = {x_.data(), w.size()};
    const double share = 1 / static_cast<double>(w.size());
    std::fill(u.begin(), u.end(), 0.0);
    std::fill(w.begin(), w.end(), share);
    solver_.Begin(present.gramian);
    for (std::size_t i = 0; i < w.size(); ++i) {
      u[i] = share;
      solver_.Solve(u, 0, x);
      u[i] = 0;
      for (std::size_t j = 0; j < w.size(); ++j) w[j] += x[j];
    }
  }

 private:
  mutable HalfSpaceSolver solver_;
  mutable std::vector<double> u_;
  mutable std::vector<double> x_;
};

}  // namespace

extern const WeightingEntry kUpgrad;
const WeightingEntry kUpgrad = MakeEntry<Upgrad>(
    "upgrad",
    "the mean of gradients projected to where none conflicts (Quinton and Rey "
    "2024)");

}  // namespace mtlkit
