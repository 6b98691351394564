#include <algorithm>
#include <cmath>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct SlawOptions {
  double beta = 0.99;

  void Describe(Fields& field) {
    field("beta", beta, "memory of the mean losses", BelowFrom(0, 1));
  }
};

// Weights in proportion to 1 / s, s being how much the task's loss varies, the
// root of EMA(L^2) - EMA(L)^2; they sum to the number of tasks of the batch.
// Crawshaw and Kosecka, "SLAW: scaled loss approximate weighting for efficient
// multi-task learning" (2021). Moving means start at 0. A task whose loss was
// always 0 has the weight 1.
class Slaw : public Weighting {
 public:
  Slaw(std::span<const Task> tasks, const SlawOptions& options)
      : beta_(options.beta), tasks_(std::ssize(tasks)) {}

  // Of each task, EMA(L) and EMA(L^2) - EMA(L)^2.
  Index state_size() const override { return 2 * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      Add(signals.losses[i], &state[2 * i], &state[2 * i + 1]);
      // Of the loss without its task weight.
      const double weight = signals.task_weight[i];
      w[i] = weight * Inverse(state[2 * i], state[2 * i + 1]);
      sum += weight * w[i];
      count += w[i] > 0 ? 1 : 0;
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      w[i] = w[i] > 0 ? count * (w[i] / sum) : 1;
    }
  }

 private:
  // The same as two moving means, without their cancellation.
  void Add(double loss, double* mean, double* variance) const {
    const double off = loss - *mean;
    *variance = beta_ * (*variance + (1 - beta_) * off * off);
    *mean += (1 - beta_) * off;
  }

  // 1 / s, or 0 where there is no s. A loss that does not move any more has
  // the millionth of its mean.
  static double Inverse(double mean, double variance) {
    const double s = std::max(std::sqrt(variance), 1e-6 * std::abs(mean));
    return HasLog(s) ? 1 / s : 0;
  }

  double beta_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kSlaw;
const WeightingEntry kSlaw = MakeEntry<Slaw, SlawOptions>(
    "slaw", "less weight where losses vary more (Crawshaw and Kosecka 2021)");

}  // namespace mtlkit
