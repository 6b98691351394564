#include <algorithm>
#include <cmath>

#include "train/weighting.h"

namespace mtlkit {
namespace {

struct DtpOptions {
  double gamma = 1;
  double memory = 0.99;

  void Describe(Fields& field) {
    field("gamma", gamma, "how little tasks count that are nearly done",
          AtLeast(0));
    field("memory", memory, "of the moving mean of how well a task does",
          BelowFrom(0, 1));
  }
};

// Difficult tasks first: weights -(1 - k)^gamma log k, k being a moving mean of
// how well the task does, from 0 to 1. Guo, Haque, Huang, Yeung and Fei-Fei,
// "Dynamic task prioritization for multitask learning" (2018).
//
// Where the paper measures accuracy, k here is exp(-L), without --task-weight:
// for the loss of classes the (geometric) mean probability of the right one,
// for any other loss a number that is 1 where there is nothing left to lose. A
// loss below 0 counts as 0. The mean starts at the first k; one below 1e-30
// counts as that.
class Dtp : public Weighting {
 public:
  Dtp(std::span<const Task> tasks, const DtpOptions& options)
      : options_(options), tasks_(std::ssize(tasks)) {}

  // Of each task, the mean and whether it was seen.
  Index state_size() const override { return 2 * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      const double loss = signals.losses[i] / signals.task_weight[i];
      const double memory = state[2 * i + 1] > 0 ? options_.memory : 0;
      double& mean = state[2 * i];
      mean = memory * mean + (1 - memory) * std::exp(-std::max(loss, 0.0));
      state[2 * i + 1] = 1;
      const double k = std::clamp(mean, 1e-30, 1.0);
      w[i] = std::max(0.0, std::pow(1 - k, options_.gamma) * -std::log(k));
    }
  }

 private:
  DtpOptions options_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kDtp;
const WeightingEntry kDtp = MakeEntry<Dtp, DtpOptions>(
    "dtp", "more weight for what is still difficult (Guo et al. 2018)");

}  // namespace mtlkit
