#include <cmath>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// Weights in proportion to the coefficient of variation (deviation by mean) of
// the ratios L_t / mean(L_<t) that the task has had so far; they sum to 1, as
// equal ones do where no ratio has varied. Groenendijk, Karaoglu, Gevers and
// Mensink, "Multi-loss weighting with coefficient of variations" (2021). The
// first ratio is 1, and its task has an equal share. Of a loss below 0 the size
// counts.
class Cov : public Weighting {
 public:
  explicit Cov(std::span<const Task> tasks) : tasks_(std::ssize(tasks)) {}

  Index state_size() const override { return kSize * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    const double equal = 1 / CountPresent(signals);
    double sum = 0;
    double left = 1;  // by tasks that are seen for the first time
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      const std::span<double> own = state.subspan(At(kSize) * i, At(kSize));
      Add(std::abs(signals.losses[i]), own);
      w[i] = Variation(own);
      sum += w[i];
      if (own[kSteps] == 1) left -= equal;
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      const bool is_first = state[At(kSize) * i + kSteps] == 1;
      w[i] = is_first || sum == 0 ? equal : left * w[i] / sum;
    }
  }

 private:
  // What is kept of a task: how often it was seen, its mean loss, the mean of
  // its ratios and the sum of their squares about it (Welford 1962).
  static constexpr std::size_t kSteps = 0;
  static constexpr std::size_t kMean = 1;
  static constexpr std::size_t kRatio = 2;
  static constexpr std::size_t kSquares = 3;
  static constexpr Index kSize = 4;

  static void Add(double loss, std::span<double> own) {
    const bool is_known = own[kSteps] > 0 && HasLog(own[kMean]);
    const double ratio = is_known ? loss / own[kMean] : 1;
    own[kSteps] += 1;
    const double off = ratio - own[kRatio];
    own[kRatio] += off / own[kSteps];
    own[kSquares] += off * (ratio - own[kRatio]);
    own[kMean] += (loss - own[kMean]) / own[kSteps];
  }
  static double Variation(std::span<const double> own) {
    return std::sqrt(own[kSquares] / own[kSteps]) / own[kRatio];
  }

  Index tasks_;
};

}  // namespace

extern const WeightingEntry kCov;
const WeightingEntry kCov = MakeEntry<Cov>(
    "cov", "more weight where losses vary more (Groenendijk et al. 2021)");

}  // namespace mtlkit
