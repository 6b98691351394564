#include <cmath>

#include "train/learned_scalar.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

struct ImtlLOptions {
  ScalarDescent descent;
  double start = 0;

  void Describe(Fields& field) {
    descent.Describe(field, "log scales");
    field("start", start, "log scales at the start", Between(-10, 10));
  }
};

// A task with loss L and learned log scale s adds exp(s) L - s to the total,
// times its task weight, which brings every scaled loss to 1. Liu, Li, Kuang,
// Xue, Chen, Yang, Liao and Zhang, "Towards impartial multi-task learning"
// (2021), their method on losses. A loss of 0 or below has no such scale and
// leaves s as it is; s is held between -80 and 80.
class ImtlL : public Weighting {
 public:
  ImtlL(std::span<const Task> tasks, const ImtlLOptions& options)
      : options_(options), tasks_(tasks.size()) {}

  Index state_size() const override {
    return LearnedScalar::kSize * static_cast<Index>(tasks_);
  }
  void InitState(std::span<double> state) const override {
    for (std::size_t i = 0; i < tasks_; ++i) {
      ScalarOf(state, i).Start(options_.start);
    }
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      LearnedScalar scale = ScalarOf(state, i);
      w[i] = std::exp(scale.value());
      if (signals.losses[i] <= 0) continue;
      options_.descent.Move(&scale,
                            w[i] * signals.losses[i] - signals.task_weight[i]);
      scale.Bound();
    }
  }

 private:
  ImtlLOptions options_;
  std::size_t tasks_;
};

}  // namespace

extern const WeightingEntry kImtlL;
const WeightingEntry kImtlL = MakeEntry<ImtlL, ImtlLOptions>(
    "imtl-l",
    "by a learned scale that brings each loss to 1 (Liu et al. 2021)");

}  // namespace mtlkit
