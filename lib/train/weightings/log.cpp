#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// The total is the sum of the logarithms of the losses, times task weights, so
// that the unit of a loss does not matter: weights 1 / L. A loss of 0 or below
// has no logarithm and counts as it is. The "scale-invariant" baseline of
// Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik and Fetaya, "Multi-task
// learning as a bargaining game" (2022).
class LogWeighting : public Weighting {
 public:
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = 0;
      if (signals.present[i] == 0) continue;
      w[i] = HasLog(signals.losses[i])
                 ? signals.task_weight[i] / signals.losses[i]
                 : 1;
    }
  }
};

}  // namespace

extern const WeightingEntry kLogWeighting;
const WeightingEntry kLogWeighting = MakeEntry<LogWeighting>(
    "log", "the sum of log losses: scale-invariant (Navon et al. 2022)");

}  // namespace mtlkit
