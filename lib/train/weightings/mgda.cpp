#include <cmath>

#include "train/gramian_weighting.h"
#include "train/small_solvers.h"

namespace mtlkit {
namespace {

struct MgdaOptions {
  std::string normalise = "none";

  void Describe(Fields& field) {
    field("normalise", normalise,
          "what each gradient is divided by before: its length (l2), its loss, "
          "or "
          "both (loss+)",
          {"none", "l2", "loss", "loss+"});
  }
};

// The weights of the shortest convex combination of the tasks' gradients:
// against it no task gets worse, and it is 0 where no direction is better for
// all. Désidéri, "Multiple-gradient descent algorithm (MGDA) for
// multiobjective optimization" (2012); Sener and Koltun, "Multi-task learning
// as multi-objective optimization" (2018), whose MGDA-UB takes gradients at
// the representation.
class Mgda : public GramianWeighting {
 public:
  Mgda(std::span<const Task> tasks, const MgdaOptions& options)
      : GramianWeighting(tasks),
        by_length_(options.normalise == "l2" || options.normalise == "loss+"),
        by_loss_(options.normalise == "loss" || options.normalise == "loss+"),
        solver_(static_cast<Index>(tasks.size())),
        scale_(tasks.size()),
        gramian_(tasks.size() * tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::size_t count = w.size();
    for (std::size_t i = 0; i < count; ++i) {
      const Index row = static_cast<Index>(i);
      const double length = std::sqrt(present.gramian(row, row));
      // What is 0 already is not divided.
      scale_[i] = by_length_ && length > 0 ? length : 1;
      if (by_loss_ && present.losses[i] > 0) scale_[i] *= present.losses[i];
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        gramian_[i * count + j] =
            present.gramian(static_cast<Index>(i), static_cast<Index>(j)) /
            scale_[i] / scale_[j];
      }
    }
    const Index size = static_cast<Index>(count);
    solver_.Solve({gramian_.data(), size, size}, w);
  }

 private:
  bool by_length_;
  bool by_loss_;
  mutable MinNormSolver solver_;
  mutable std::vector<double> scale_;
  mutable std::vector<double> gramian_;
};

}  // namespace

extern const WeightingEntry kMgda;
const WeightingEntry kMgda = MakeEntry<Mgda, MgdaOptions>(
    "mgda",
    "the shortest convex combination of gradients (Sener and Koltun 2018)");

}  // namespace mtlkit
