#include <algorithm>
#include <string>
#include <vector>

#include "train/combined_gradient.h"
#include "train/gramian_weighting.h"
#include "train/weightings/task_order.h"

namespace mtlkit {
namespace {

struct PcgradOptions {
  std::string order = "random";

  void Describe(Fields& field) {
    field("order", order, "in which order a task meets the others",
          {"random", "ascending"});
  }
};

// Every task's gradient loses what conflicts with each other task's:
// g_i' -= (g_i' . g_j / |g_j|^2) g_j where g_i' . g_j < 0, over j in random
// order; the sum of the g_i' is taken. Yu, Kumar, Gupta, Levine, Hausman and
// Finn, "Gradient surgery for multi-task learning" (2020). All of it happens
// among the coefficients of g_i' in the g_j, which need the Gramian only.
class Pcgrad : public GramianWeighting {
 public:
  Pcgrad(std::span<const Task> tasks, const PcgradOptions& options)
      : GramianWeighting(tasks),
        order_(tasks.size(), options.order),
        projected_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    order_.Begin(present);
    std::fill(w.begin(), w.end(), 0.0);
    for (std::size_t i = 0; i < w.size(); ++i) {
      Project(present, i);
      for (std::size_t j = 0; j < w.size(); ++j) {
        w[j] += projected_.coefficients()[j];
      }
    }
  }

 private:
  // Sets `projected_` to g_i'.
  void Project(const PresentTasks& present, std::size_t i) const {
    projected_.Begin(present.gramian, static_cast<Index>(i));
    order_.ForOthers(present, i, [&](Index j) {
      const double product = projected_.Product(j);
      const double square = present.gramian(j, j);
      if (product < 0 && square > 0) projected_.Add(j, -product / square);
    });
  }

  mutable TaskOrder order_;
  mutable CombinedGradient projected_;
};

}  // namespace

extern const WeightingEntry kPcgrad;
const WeightingEntry kPcgrad = MakeEntry<Pcgrad, PcgradOptions>(
    "pcgrad", "conflicting parts of gradients removed (Yu et al. 2020)");

}  // namespace mtlkit
