#include <cmath>
#include <vector>

#include "train/learned_scalar.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

struct UncertaintyOptions {
  ScalarDescent descent;
  double start = 0;
  std::string form = "by-type";

  void Describe(Fields& field) {
    descent.Describe(field, "log variances");
    field("start", start, "log variances at the start", Between(-10, 10));
    field("form", form,
          "by-type: classes as in the paper's softmax form; regression: the "
          "same form for all tasks",
          {"by-type", "regression"});
  }
};

// A task with loss L and learned log variance s adds exp(-s) L / 2 + s / 2
// (regression) or exp(-s) L + s / 2 (classification) to the total, times its
// task weight. Kendall,
// Gal and Cipolla, "Multi-task learning using uncertainty to weigh losses for
// scene geometry and semantics" (2018). The log variances learn at their
// own rate; those of an absent task stay as they are. They are held between
// -80 and 80, where losses that stay at 0 or below would drive them out.
class Uncertainty : public Weighting {
 public:
  Uncertainty(std::span<const Task> tasks, const UncertaintyOptions& options)
      : options_(options) {
    for (const Task& task : tasks) {
      const bool halved =
          options.form == "regression" || !task.is_classification();
      half_.push_back(halved ? 0.5 : 1.0);
    }
  }

  Index state_size() const override {
    return LearnedScalar::kSize * static_cast<Index>(half_.size());
  }
  void InitState(std::span<double> state) const override {
    for (std::size_t i = 0; i < half_.size(); ++i) {
      ScalarOf(state, i).Start(options_.start);
    }
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      LearnedScalar log_variance = ScalarOf(state, i);
      w[i] = half_[i] * std::exp(-log_variance.value());
      options_.descent.Move(&log_variance, 0.5 * signals.task_weight[i] -
                                               w[i] * signals.losses[i]);
      log_variance.Bound();
    }
  }

 private:
  UncertaintyOptions options_;
  std::vector<double> half_;
};

}  // namespace

extern const WeightingEntry kUncertainty;
const WeightingEntry kUncertainty = MakeEntry<Uncertainty, UncertaintyOptions>(
    "uncertainty",
    "by a learned noise level of each task (Kendall et al. 2018)");

}  // namespace mtlkit
