#include <algorithm>
#include <cmath>
#include <vector>

#include "train/learned_scalar.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct GradnormOptions {
  double alpha = 1.5;
  ScalarDescent descent = {.rate = 0.025};

  void Describe(Fields& field) {
    field("alpha", alpha, "how much faster tasks shall be that lag behind",
          AtLeast(0));
    descent.Describe(field, "logits");
  }
};

// Weights that sum to the number K of tasks in the batch, w = K softmax(s),
// whose logits s go down the gradient of sum |w_i |g_i| - m r_i^alpha|: every
// weighted gradient is to have the mean length m, times its task weight by the
// mean one, more where r_i, how far the
// loss has come down from its first value, by the mean of that over tasks, is
// large. Chen, Badrinarayanan, Lee and Rabinovich, "GradNorm: gradient
// normalization for adaptive loss balancing in deep multitask networks" (2018).
// A first loss of 0 or below has no such share, which is taken as 1; a loss
// below 0 has a share of 0.
class Gradnorm : public Weighting {
 public:
  Gradnorm(std::span<const Task> tasks, const GradnormOptions& options)
      : options_(options), length_(tasks.size()), share_(tasks.size()) {}

  WeightingNeeds needs() const override { return {.gramian = true}; }
  Index state_size() const override { return kSize * std::ssize(length_); }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? Logit(state, i).value() : kNoShare;
    }
    Softmax(w);
    const double count = CountPresent(signals);
    for (double& weight : w) weight *= count;
    SetLengths(signals, w);
    SetShares(signals, state);
    Learn(signals, state, w);
  }

 private:
  // What is kept of a task: its logit, its first loss, whether there was one.
  static constexpr std::size_t kFirst = LearnedScalar::kSize;
  static constexpr std::size_t kSeen = kFirst + 1;
  static constexpr Index kSize = LearnedScalar::kSize + 2;

  static std::span<double> Of(std::span<double> state, std::size_t i) {
    return state.subspan(At(kSize) * i, At(kSize));
  }
  static LearnedScalar Logit(std::span<double> state, std::size_t i) {
    return LearnedScalar(Of(state, i).first(At(LearnedScalar::kSize)));
  }

  // Of the weighted gradients.
  void SetLengths(const WeightingSignals& signals,
                  std::span<const double> w) const {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const Index row = static_cast<Index>(i);
      length_[i] = signals.present[i] != 0
                       ? w[i] * std::sqrt(signals.gramian(row, row))
                       : 0;
    }
  }

  // What is left of each first loss, by the mean of that.
  void SetShares(const WeightingSignals& signals,
                 std::span<double> state) const {
    double sum = 0;
    for (std::size_t i = 0; i < share_.size(); ++i) {
      share_[i] = 0;
      if (signals.present[i] == 0) continue;
      const std::span<double> own = Of(state, i);
      if (own[kSeen] == 0) {
        own[kFirst] = signals.losses[i];
        own[kSeen] = 1;
      }
      share_[i] = HasLog(own[kFirst])
                      ? std::max(signals.losses[i], 0.0) / own[kFirst]
                      : 1;
      sum += share_[i];
    }
    if (sum == 0) return;
    const double mean = sum / CountPresent(signals);
    for (double& share : share_) share /= mean;
  }

  void Learn(const WeightingSignals& signals, std::span<double> state,
             std::span<const double> w) const {
    const double count = CountPresent(signals);
    double mean = 0;
    double mean_weight = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      mean += length_[i] / count;
      if (signals.present[i] != 0) {
        mean_weight += signals.task_weight[i] / count;
      }
    }
    // Of the gradient with respect to log w_i: its own part, then the mean,
    // since weights sum to a constant.
    double pull = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double goal = mean * signals.task_weight[i] / mean_weight;
      const double off =
          length_[i] - goal * std::pow(share_[i], options_.alpha);
      length_[i] = off > 0 ? length_[i] : off < 0 ? -length_[i] : 0;
      pull += length_[i] / count;
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      LearnedScalar logit = Logit(state, i);
      options_.descent.Move(&logit, length_[i] - w[i] * pull);
    }
  }

  GradnormOptions options_;
  // Scratch.
  mutable std::vector<double> length_;
  mutable std::vector<double> share_;
};

}  // namespace

extern const WeightingEntry kGradnorm;
const WeightingEntry kGradnorm = MakeEntry<Gradnorm, GradnormOptions>(
    "gradnorm",
    "gradients of like length, longer where slow (Chen et al. 2018)");

}  // namespace mtlkit
