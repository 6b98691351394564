#include <algorithm>
#include <cmath>
#include <vector>

#include "train/gramian_weighting.h"
#include "train/half_space_solver.h"
#include "train/small_solvers.h"

namespace mtlkit {
namespace {

struct CagradOptions {
  double c = 0.5;
  bool rescale = true;

  void Describe(Fields& field) {
    field("c", c,
          "how far from the mean gradient, as a part of its length, the "
          "direction may be",
          AtLeast(0));
    field("rescale", rescale, "whether to divide by 1 + c^2");
  }
};

// Of the directions d within c |g0| of the mean gradient g0, the one that is
// best for the task that it is worst for: max_d min_i g_i . d. Liu, Liu, Jin,
// Stone and Liu, "Conflict-averse gradient descent for multi-task learning"
// (2021).
//
// For a level t, the d nearest to g0 with g_i . d >= t for all i is a small
// quadratic problem, and its distance r(t) from g0 is convex in t, with slope
// sum_i x_i / r. The paper's d is that of the t where r(t) = c |g0|, found by
// Newton's method from above. Where gradients cancel, so that t = 0 is the best
// there is and many d reach it, it is the one of them nearest to g0.
class Cagrad : public GramianWeighting {
 public:
  Cagrad(std::span<const Task> tasks, const CagradOptions& options)
      : GramianWeighting(tasks),
        options_(options),
        solver_(static_cast<Index>(tasks.size())),
        shortest_(static_cast<Index>(tasks.size())),
        u_(tasks.size()),
        product_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const Mat<const double> gramian = present.gramian;
    const std::span<double> u = {u_.data(), w.size()};
    const std::span<double> product = {product_.data(), w.size()};
    std::fill(u.begin(), u.end(), 1 / static_cast<double>(w.size()));
    const double mean = std::sqrt(std::max(0.0, Product(gramian, u, product)));
    if (options_.c * mean > 0) {
      SetShift(gramian, mean, w);
    } else {
      std::fill(w.begin(), w.end(), 0.0);
    }
    const double scale =
        options_.rescale ? 1 / (1 + options_.c * options_.c) : 1;
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = scale * (u[i] + w[i]);
  }

 private:
  struct Distance {
    double level = 0;
    double length = 0;  // of d - g0
    double slope = 0;   // by level
  };

  // Sets x to what takes g0 to d.
  void SetShift(Mat<const double> gramian, double mean,
                std::span<double> x) const {
    const double radius = options_.c * mean;
    solver_.Begin(gramian);
    Distance at = DistanceAt(gramian, 0, x);
    if (at.length < radius) {
      // The best level is above, unless they cancel.
      const double highest = Highest(gramian, mean, x);
      at = DistanceAt(gramian, highest, x);
    }
    if (at.length <= radius) return;
    at = Descend(gramian, radius, at, x);
    const double fit = radius / at.length;
    for (double& value : x) value *= fit;
  }

  // Sets x to what takes g0 to a level.
  Distance DistanceAt(Mat<const double> gramian, double level,
                      std::span<double> x) const {
    solver_.Solve({u_.data(), x.size()}, level, x);
    Distance at;
    at.level = level;
    at.length = std::sqrt(
        std::max(0.0, Product(gramian, x, {product_.data(), x.size()})));
    for (const double value : x) at.slope += value;
    if (at.length > 0) at.slope /= at.length;
    return at;
  }

  // A level that no d reaches: for the shortest convex combination m of the
  // gradients, min_i g_i . d <= m . d <= |m| (1 + c) |g0|. 0 where they cancel.
  double Highest(Mat<const double> gramian, double mean,
                 std::span<double> w) const {
    shortest_.Solve(gramian, w);
    const double square = Product(gramian, w, {product_.data(), w.size()});
    double apart = 0;  // what it would be at right angles
    for (std::size_t i = 0; i < w.size(); ++i) {
      const Index row = static_cast<Index>(i);
      apart += w[i] * w[i] * gramian(row, row);
    }
    // Directions are made in single precision: of 1e-6 of gradients nothing
    // would be left.
    constexpr double kCancelled = 1e-12;
    if (!(square > kCancelled * apart)) return 0;
    return std::sqrt(square) * (1 + options_.c) * mean;
  }

  Distance Descend(Mat<const double> gramian, double radius, Distance at,
                   std::span<double> x) const {
    constexpr int kMostSteps = 60;
    for (int step = 0; step < kMostSteps && at.slope > 0; ++step) {
      const double level = at.level - (at.length - radius) / at.slope;
      if (!(level < at.level)) break;
      const Distance next = DistanceAt(gramian, level, x);
      // At the end differences are rounding.
      if (!(next.length > 0)) return DistanceAt(gramian, at.level, x);
      const bool is_there = next.length <= radius * (1 + 1e-15);
      at = next;
      if (is_there) break;
    }
    return at;
  }

  CagradOptions options_;
  mutable HalfSpaceSolver solver_;
  mutable MinNormSolver shortest_;
  mutable std::vector<double> u_;
  mutable std::vector<double> product_;
};

}  // namespace

extern const WeightingEntry kCagrad;
const WeightingEntry kCagrad = MakeEntry<Cagrad, CagradOptions>(
    "cagrad",
    "near the mean gradient, the direction best for the worst task (Liu et al. "
    "2021)");

}  // namespace mtlkit
