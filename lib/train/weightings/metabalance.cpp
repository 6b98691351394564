#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct MetabalanceOptions {
  std::string target;
  double relax = 0.7;
  double beta = 0.9;

  void Describe(Fields& field) {
    field.Named("target", target, "TASK",
                "whose length of gradient the others take on; the mean of all, "
                "unless given");
    field("relax", relax, "how far they do", Between(0, 1));
    field("beta", beta, "memory of the mean lengths", BelowFrom(0, 1));
  }
};

// Auxiliary gradients are brought towards the length of that of a target task:
// weights r m_0 / m_i + 1 - r with moving means m of lengths, layer by layer.
// He, Feng, Cheng, Ji, Guo and Caverlee, "MetaBalance: improving multi-task
// recommendations via adapting gradient magnitudes of auxiliary tasks" (2022).
// A target that is absent from a batch keeps its mean; before it has one, and
// where a gradient is 0, weights are 1.
class Metabalance : public Weighting {
 public:
  Metabalance(std::span<const Task> tasks, const MetabalanceOptions& options)
      : options_(options), tasks_(std::ssize(tasks)) {
    if (options.target.empty()) return;
    const std::vector<std::string> names = NamesOf(tasks);
    const auto found = std::find(names.begin(), names.end(), options.target);
    if (found == names.end()) {
      const std::string near = Nearest(options.target, names);
      Fail(ErrorKind::kUsage,
           Str("target: there is no task '", options.target, "'",
               near.empty() ? "" : Str("; did you mean '", near, "'?")),
           Str("tasks: ", Join(names, ", ")));
    }
    target_ = found - names.begin();
  }

  WeightingNeeds needs() const override { return {.gramian = true}; }
  GradientsAt prefers_at() const override { return GradientsAt::kLayers; }
  // Of each task, the moving mean from 0, and what it would be of ones.
  Index state_size() const override { return 2 * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      const Index row = static_cast<Index>(i);
      // Without the task weight, which counts as much as without the method.
      const double length =
          std::sqrt(signals.gramian(row, row)) / signals.task_weight[i];
      state[2 * i] += (1 - options_.beta) * (length - state[2 * i]);
      state[2 * i + 1] += (1 - options_.beta) * (1 - state[2 * i + 1]);
    }
    const double goal = Goal(signals, state);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1 : 0;
      if (w[i] == 0 || !HasLog(goal)) continue;
      const double length = Length(state, i);
      if (!HasLog(length)) continue;
      w[i] += options_.relax * (goal / length - 1);
      w[i] = std::min(w[i], kMostFactor);
    }
  }

 private:
  static double Length(std::span<const double> state, std::size_t i) {
    return state[2 * i + 1] > 0 ? state[2 * i] / state[2 * i + 1] : 0;
  }
  double Goal(const WeightingSignals& signals,
              std::span<const double> state) const {
    if (target_ >= 0) return Length(state, At(target_));
    const double count = CountPresent(signals);
    double mean = 0;
    for (std::size_t i = 0; i < At(tasks_); ++i) {
      if (signals.present[i] != 0) mean += Length(state, i) / count;
    }
    return mean;
  }

  MetabalanceOptions options_;
  Index tasks_;
  Index target_ = -1;
};

}  // namespace

extern const WeightingEntry kMetabalance;
const WeightingEntry kMetabalance = MakeEntry<Metabalance, MetabalanceOptions>(
    "metabalance", "gradients as long as a target's (He et al. 2022)");

}  // namespace mtlkit
