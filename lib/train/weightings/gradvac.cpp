#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "train/combined_gradient.h"
#include "train/gramian_weighting.h"
#include "train/weightings/task_order.h"

namespace mtlkit {
namespace {

// Cosines nearer to 1 would take ever larger multiples of the other gradient.
constexpr double kHighestTarget = 1 - 1e-6;

struct GradvacOptions {
  double beta = 0.01;
  std::string update = "always";
  std::string order = "random";

  void Describe(Fields& field) {
    field("beta", beta, "how fast target cosines follow the cosines met",
          Between(0, 1));
    field("update", update,
          "which cosines a target follows: all, or those below it",
          {"always", "below"});
    field("order", order, "in which order a task meets the others",
          {"random", "ascending"});
  }
};

// Each pair of tasks has a target cosine rho, a moving mean of the cosines met,
// 0 at first. Where the cosine phi of g_i' and g_j is below it, g_i' += c g_j
// with the c that makes it rho: c = |g_i'| (rho sqrt(1 - phi^2) - phi sqrt(1 -
// rho^2)) / (|g_j| sqrt(1 - rho^2)); the sum of the g_i' is taken. Wang,
// Tsvetkov, Firat and Cao, "Gradient vaccine: investigating and improving
// multi-task optimization in massively multilingual models" (2021). With rho =
// 0 it is pcgrad. The state is rho, tasks x tasks: row i as g_i meets others.
class Gradvac : public GramianWeighting {
 public:
  Gradvac(std::span<const Task> tasks, const GradvacOptions& options)
      : GramianWeighting(tasks),
        tasks_(static_cast<Index>(tasks.size())),
        beta_(options.beta),
        always_(options.update == "always"),
        order_(tasks.size(), options.order),
        turned_(tasks.size()) {}

  Index state_size() const override { return tasks_ * tasks_; }

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    order_.Begin(present);
    std::fill(w.begin(), w.end(), 0.0);
    for (std::size_t i = 0; i < w.size(); ++i) {
      Turn(present, i);
      for (std::size_t j = 0; j < w.size(); ++j) {
        w[j] += turned_.coefficients()[j];
      }
    }
  }

 private:
  // Sets `turned_` to g_i'.
  void Turn(const PresentTasks& present, std::size_t i) const {
    const Index self = static_cast<Index>(i);
    turned_.Begin(present.gramian, self);
    double length = Length(present, self);  // of g_i'
    order_.ForOthers(present, i, [&](Index j) {
      const double other = Length(present, j);
      // What is 0 has no angle.
      if (!(length > 0 && other > 0)) return;
      const double phi =
          std::clamp(turned_.Product(j) / length / other, -1.0, 1.0);
      double& rho =
          present.state[At(present.tasks[i] * tasks_ + present.tasks[At(j)])];
      const double target = std::min(rho, kHighestTarget);
      const bool is_below = phi < target;
      if (is_below) {
        const double sine = Sine(phi);
        const double wanted = Sine(target);
        turned_.Add(j,
                    length * (target * sine - phi * wanted) / (other * wanted));
        // What stands at right angles to g_j stays.
        length *= sine / wanted;
      }
      if (is_below || always_) rho += beta_ * (phi - rho);
    });
  }

  static double Length(const PresentTasks& present, Index i) {
    return std::sqrt(std::max(0.0, present.gramian(i, i)));
  }
  static double Sine(double cosine) {
    return std::sqrt((1 - cosine) * (1 + cosine));
  }

  Index tasks_;
  double beta_;
  bool always_;
  mutable TaskOrder order_;
  mutable CombinedGradient turned_;
};

}  // namespace

extern const WeightingEntry kGradvac;
const WeightingEntry kGradvac = MakeEntry<Gradvac, GradvacOptions>(
    "gradvac", "gradients turned to usual angles (Wang et al. 2021)");

}  // namespace mtlkit
