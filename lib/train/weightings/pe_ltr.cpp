#include <algorithm>
#include <vector>

#include "train/gramian_weighting.h"
#include "train/half_space_solver.h"
#include "train/small_solvers.h"

namespace mtlkit {
namespace {

struct PeLtrOptions {
  double floor = 0.5;

  void Describe(Fields& field) {
    field("floor", floor,
          "least weight of a task, as a part of its share in the task weights",
          Between(0, 1));
  }
};

// mgda with a least weight for every task: the w >= c that sum to 1 for which
// sum w_i g_i is shortest. Lin, Chen, Pei, Sun, Xiao, Sun, Zhang, Ou and Jiang,
// "A Pareto-efficient algorithm for multiple objective optimization in
// e-commerce recommendation" (2019); solved exactly, where the paper projects
// the solution without w >= c.
//
// With w = c + (1 - sum c) y, y is the shortest convex combination of h_i =
// sum_j c_j g_j + (1 - sum c) g_i.
class PeLtr : public GramianWeighting {
 public:
  PeLtr(std::span<const Task> tasks, const PeLtrOptions& options)
      : GramianWeighting(tasks),
        floor_(options.floor),
        solver_(static_cast<Index>(tasks.size())),
        least_(tasks.size()),
        product_(tasks.size()),
        gramian_(tasks.size() * tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::size_t count = w.size();
    const std::span<double> least = {least_.data(), count};
    const std::span<double> product = {product_.data(), count};
    double sum = 0;
    for (const double weight : present.task_weight) sum += weight;
    for (std::size_t i = 0; i < count; ++i) {
      least[i] = floor_ * present.task_weight[i] / sum;
    }
    const double square = Product(present.gramian, least, product);
    const double free = 1 - floor_;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        gramian_[i * count + j] =
            square + free * (product[i] + product[j]) +
            free * free *
                present.gramian(static_cast<Index>(i), static_cast<Index>(j));
      }
    }
    const Index size = static_cast<Index>(count);
    solver_.Solve({gramian_.data(), size, size}, w);
    for (std::size_t i = 0; i < count; ++i) w[i] = least[i] + free * w[i];
  }

 private:
  double floor_;
  mutable MinNormSolver solver_;
  mutable std::vector<double> least_;
  mutable std::vector<double> product_;
  mutable std::vector<double> gramian_;
};

}  // namespace

extern const WeightingEntry kPeLtr;
const WeightingEntry kPeLtr = MakeEntry<PeLtr, PeLtrOptions>(
    "pe-ltr", "mgda with a least weight for every task (Lin et al. 2019)");

}  // namespace mtlkit
