#include <algorithm>
#include <cmath>
#include <vector>

#include "train/gramian_factor.h"
#include "train/gramian_weighting.h"
#include "train/half_space_solver.h"

namespace mtlkit {
namespace {

// The direction whose cosines with all gradients are the same (in proportion to
// task weights), as long as the projections of the gradients onto it together;
// so it shrinks as they conflict. Liu, Chu and Thuerey, "ConFIG: towards
// conflict-free training of physics informed neural networks" (2024). The
// direction is U^+ 1 for unit gradients U, which has the coefficients C^+ 1,
// with C the cosines. Where that is nothing, as with opposite gradients, so is
// the step.
class Config : public GramianWeighting {
 public:
  explicit Config(std::span<const Task> tasks)
      : GramianWeighting(tasks),
        factor_(static_cast<Index>(tasks.size())),
        length_(tasks.size()),
        cosine_(tasks.size() * tasks.size()),
        product_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::size_t count = w.size();
    const Index size = static_cast<Index>(count);
    const Mat<const double> cosine = {cosine_.data(), size, size};
    SetCosines(present);
    factor_.Factorise(cosine);
    factor_.Solve(present.task_weight, w);
    const std::span<double> product = {product_.data(), count};
    const double square = Product(cosine, w, product);
    double projections = 0;
    for (std::size_t i = 0; i < count; ++i) {
      projections += length_[i] * product[i];
    }
    const double scale = square > 0 ? projections / square : 0;
    for (std::size_t i = 0; i < count; ++i) {
      w[i] = length_[i] > 0 ? scale * w[i] / length_[i] : 0;
    }
  }

 private:
  void SetCosines(const PresentTasks& present) const {
    const std::size_t count = present.tasks.size();
    for (std::size_t i = 0; i < count; ++i) {
      const Index row = static_cast<Index>(i);
      length_[i] = std::sqrt(std::max(0.0, present.gramian(row, row)));
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        const bool are_there = length_[i] > 0 && length_[j] > 0;
        cosine_[i * count + j] = are_there
                                     ? present.gramian(static_cast<Index>(i),
                                                       static_cast<Index>(j)) /
                                           length_[i] / length_[j]
                                     : 0;
      }
    }
  }

  mutable GramianFactor factor_;
  mutable std::vector<double> length_;
  mutable std::vector<double> cosine_;
  mutable std::vector<double> product_;
};

}  // namespace

extern const WeightingEntry kConfig;
const WeightingEntry kConfig = MakeEntry<Config>(
    "config", "equal cosines with all gradients (Liu, Chu and Thuerey 2024)");

}  // namespace mtlkit
