#include <algorithm>
#include <vector>

#include "train/gramian_weighting.h"
#include "train/half_space_solver.h"

namespace mtlkit {
namespace {

// The mean of the gradients, projected onto their dual cone: the nearest
// direction in which no task gets worse. Lopez-Paz and Ranzato, "Gradient
// episodic memory for continual learning" (2017). It is sum_i v_i g_i with the
// v >= 1 / K of least v'Gv.
class Dualproj : public GramianWeighting {
 public:
  explicit Dualproj(std::span<const Task> tasks)
      : GramianWeighting(tasks),
        solver_(static_cast<Index>(tasks.size())),
        u_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::span<double> u = {u_.data(), w.size()};
    std::fill(u.begin(), u.end(), 1 / static_cast<double>(w.size()));
    solver_.Begin(present.gramian);
    solver_.Solve(u, 0, w);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] += u[i];
  }

 private:
  mutable HalfSpaceSolver solver_;
  mutable std::vector<double> u_;
};

}  // namespace

extern const WeightingEntry kDualproj;
const WeightingEntry kDualproj = MakeEntry<Dualproj>(
    "dualproj",
    "the direction nearest to the mean in which none gets worse (Lopez-Paz "
    "and Ranzato 2017)");

}  // namespace mtlkit
