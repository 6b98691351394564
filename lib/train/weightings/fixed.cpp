#include <numeric>

#include "train/weighting.h"

namespace mtlkit {
namespace {

// The total is the mean of the tasks' losses, weighted by --task-weight: the
// factors sum to one, so neither the number of tasks nor the scale of the
// weights changes the length of a step.
class Fixed : public Weighting {
 public:
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    // The losses come multiplied by the task weights already.
    const double sum = std::accumulate(signals.task_weight.begin(),
                                       signals.task_weight.end(), 0.0);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1.0 / sum : 0.0;
    }
  }
};

}  // namespace

extern const WeightingEntry kFixed;
const WeightingEntry kFixed = MakeEntry<Fixed>(
    "fixed", "the mean of the tasks' losses, weighted by --task-weight");

}  // namespace mtlkit
