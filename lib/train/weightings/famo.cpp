#include <algorithm>
#include <cmath>
#include <vector>

#include "train/learned_scalar.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// Keeps logarithms finite where a loss is 0.
constexpr double kAddedLoss = 1e-8;

struct FamoOptions {
  double rate = 0.025;
  double decay = 1e-3;

  void Describe(Fields& field) {
    field("rate", rate, "learning rate of the logits (by Adam)", MoreThan(0));
    field("decay", decay, "pull of the logits towards equal weights",
          AtLeast(0));
  }
};

// Tasks whose losses fell less than others' in a step count for more in the
// next ones: weights z / L, made to sum to one, where z = softmax(logits), and
// the logits go down the gradient of sum z_i (log L_i - log L_i'), L' being
// the losses of the same rows after the step. Liu, Feng, Stone and Liu, "FAMO:
// fast adaptive multitask optimization" (2023).
class Famo : public Weighting {
 public:
  Famo(std::span<const Task> tasks, const FamoOptions& options)
      : options_(options), share_(tasks.size()) {}

  WeightingNeeds needs() const override { return {.losses_after = true}; }
  Index state_size() const override {
    return LearnedScalar::kSize * static_cast<Index>(share_.size());
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    SetShares(signals, state);
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = share_[i] > 0 ? share_[i] / Loss(signals.losses[i]) : 0;
      sum += w[i];
    }
    for (double& weight : w) weight = sum > 0 ? weight / sum : 0;
  }

  void Observe(const WeightingSignals& signals, std::span<const double> after,
               std::span<double> state) const override {
    SetShares(signals, state);
    double mean = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (share_[i] > 0) mean += share_[i] * Fall(signals, after, i);
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (signals.present[i] == 0) continue;
      const double gradient =
          share_[i] > 0 ? share_[i] * (Fall(signals, after, i) - mean) : 0;
      ScalarOf(state, i).Descend(gradient, options_.rate, options_.decay);
    }
  }

 private:
  static double Loss(double loss) { return std::max(loss, 0.0) + kAddedLoss; }
  static double Fall(const WeightingSignals& signals,
                     std::span<const double> after, std::size_t i) {
    return std::log(Loss(signals.losses[i])) - std::log(Loss(after[i]));
  }

  // The softmax of the logits of present tasks.
  void SetShares(const WeightingSignals& signals,
                 std::span<double> state) const {
    for (std::size_t i = 0; i < share_.size(); ++i) {
      share_[i] =
          signals.present[i] != 0 ? ScalarOf(state, i).value() : kNoShare;
    }
    Softmax(share_);
  }

  FamoOptions options_;
  mutable std::vector<double> share_;
};

}  // namespace

extern const WeightingEntry kFamo;
const WeightingEntry kFamo = MakeEntry<Famo, FamoOptions>(
    "famo", "more weight where a step helped less (Liu et al. 2023)");

}  // namespace mtlkit
