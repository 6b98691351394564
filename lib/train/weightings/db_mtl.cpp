#include <algorithm>
#include <cmath>
#include <vector>

#include "train/weighting.h"

namespace mtlkit {
namespace {

struct DbMtlOptions {
  double beta = 0.9;
  double sigma = 0;

  void Describe(Fields& field) {
    field("beta", beta, "memory of the mean gradients", BelowFrom(0, 1));
    field("sigma", sigma,
          "how fast that fades: step k of a task has beta / k^sigma",
          AtLeast(0));
  }
};

// Balances losses and gradients: gradients are those of log L, a moving mean
// of each is kept, and all are stretched to the length of the longest, times
// task weights. Lin,
// Jiang, Ye, Zhang, Chen, Liu, Liu and Kwok, "Dual-balancing for multi-task
// learning" (2023).
class DbMtl : public Weighting {
 public:
  DbMtl(std::span<const Task> tasks, const DbMtlOptions& options)
      : options_(options), tasks_(static_cast<Index>(tasks.size())) {}

  WeightingNeeds needs() const override {
    return {.gramian = true, .gradients = true};
  }
  Index state_size() const override { return tasks_; }  // steps of each task
  Index slots() const override { return 1; }

  void LossFactors(const WeightingSignals& signals,
                   std::span<double> factors) const override {
    for (std::size_t i = 0; i < factors.size(); ++i) {
      // A loss that is all but 0 has nothing left to teach.
      constexpr double kLeastLoss = 1e-8;
      if (signals.present[i] == 0) continue;
      factors[i] = 1 / std::max(signals.losses[i], kLeastLoss);
    }
  }

  void Track(const WeightingSignals& signals, std::span<const double> state,
             const TaskGradients& given) const override {
    for (std::size_t i = 0; i < given.tasks.size(); ++i) {
      const auto task = At(given.tasks[i]);
      if (signals.present[task] == 0) continue;
      const Real beta = static_cast<Real>(
          options_.beta / std::pow(state[task] + 1, options_.sigma));
      Real* mean = given.slots[task];
      Real* gradient = given.gradients.Row(static_cast<Index>(i));
      for (Index j = 0; j < given.gradients.cols; ++j) {
        mean[j] = gradient[j] + beta * (mean[j] - gradient[j]);
        gradient[j] = mean[j];
      }
    }
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    double longest = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      const Index row = static_cast<Index>(i);
      w[i] = std::sqrt(signals.gramian(row, row));
      longest = std::max(longest, w[i]);
      state[i] += 1;
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      w[i] = signals.task_weight[i] * (w[i] > 0 ? longest / w[i] : 1);
    }
  }

 private:
  DbMtlOptions options_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kDbMtl;
const WeightingEntry kDbMtl = MakeEntry<DbMtl, DbMtlOptions>(
    "db-mtl",
    "gradients of log losses, averaged and of one length (Lin et al. 2023)");

}  // namespace mtlkit
