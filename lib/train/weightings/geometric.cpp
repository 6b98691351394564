#include <algorithm>
#include <cmath>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// The total is the geometric mean of the K losses of the batch, so that its
// gradient has the weights (prod L)^(1/K) / (K L_i). Chennupati, Sistu,
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
      sum += std::log(signals.losses[i]);
      logs += 1;
    }
    const double count = CountPresent(signals);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1 / count : 0;
      if (!IsPart(signals, i)) continue;
      w[i] *= std::exp(sum / logs - std::log(signals.losses[i]));
      w[i] = std::min(w[i], kMostFactor);
    }
  }

 private:
  static bool IsPart(const WeightingSignals& signals, std::size_t i) {
    return signals.present[i] != 0 && HasLog(signals.losses[i]);
  }
};

}  // namespace

extern const WeightingEntry kGeometric;
const WeightingEntry kGeometric = MakeEntry<Geometric>(
    "geometric", "the geometric mean of the losses (Chennupati et al. 2019)");

}  // namespace mtlkit
