#include <algorithm>
#include <cmath>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// The total is the geometric mean of the K losses of the batch, so that its
// gradient has the weights (prod L)^(1/K) / (K L_i); with task weights c the
// weighted one, prod L^(c_i / sum c). Chennupati, Sistu,
// Yogamani and Rawashdeh, "MultiNet++: multi-stream feature aggregation and
// geometric loss strategy for multi-task learning" (2019).
//
// A loss of 0 or below counts as it is: the total is the mean of these and of
// the geometric mean of the others, once for each.
class Geometric : public Weighting {
 public:
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    double sum = 0;
    double logs = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (!IsPart(signals, i)) continue;
      sum += signals.task_weight[i] * LogOf(signals, i);
      logs += signals.task_weight[i];
    }
    double count = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] != 0) count += signals.task_weight[i];
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1 / count : 0;
      if (!IsPart(signals, i)) continue;
      w[i] *= std::exp(sum / logs - LogOf(signals, i));
      w[i] = std::min(w[i], kMostFactor);
    }
  }

 private:
  // Of the loss without its task weight.
  static double LogOf(const WeightingSignals& signals, std::size_t i) {
    return std::log(signals.losses[i]) - std::log(signals.task_weight[i]);
  }
  static bool IsPart(const WeightingSignals& signals, std::size_t i) {
    return signals.present[i] != 0 && HasLog(signals.losses[i]);
  }
};

}  // namespace

extern const WeightingEntry kGeometric;
const WeightingEntry kGeometric = MakeEntry<Geometric>(
    "geometric", "the geometric mean of the losses (Chennupati et al. 2019)");

}  // namespace mtlkit
