#include <algorithm>
#include <cmath>
#include <vector>

#include "train/gramian_factor.h"
#include "train/gramian_weighting.h"

namespace mtlkit {
namespace {

// The combination of gradients whose projections onto all of them are the
// same, or in proportion to task weights, with weights that sum to 1, some of
// which may be negative. Liu, Li,
// Kuang, Xue, Chen, Yang, Liao and Zhang, "Towards impartial multi-task
// learning" (2021). Weights are in proportion to G^+ l, with l the lengths of
// gradients, times task weights; where these sum to nothing (opposite gradients
// of one length), it is the mean.
class ImtlG : public GramianWeighting {
 public:
  explicit ImtlG(std::span<const Task> tasks)
      : GramianWeighting(tasks),
        factor_(static_cast<Index>(tasks.size())),
        length_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const Index row = static_cast<Index>(i);
      length_[i] = present.task_weight[i] *
                   std::sqrt(std::max(0.0, present.gramian(row, row)));
    }
    factor_.Factorise(present.gramian);
    factor_.Solve({length_.data(), w.size()}, w);
    double sum = 0;
    double size = 0;
    for (const double value : w) {
      sum += value;
      size += std::abs(value);
    }
    constexpr double kNothing = 1e-12;
    if (!(std::abs(sum) > kNothing * size)) {
      std::fill(w.begin(), w.end(), 1 / static_cast<double>(w.size()));
      return;
    }
    for (double& value : w) value /= sum;
  }

 private:
  mutable GramianFactor factor_;
  mutable std::vector<double> length_;
};

}  // namespace

extern const WeightingEntry kImtlG;
const WeightingEntry kImtlG = MakeEntry<ImtlG>(
    "imtl-g", "equal projections onto all gradients (Liu et al. 2021)");

}  // namespace mtlkit
