#include "train/weighting.h"

namespace mtlkit {
namespace {

// The total is the sum of the tasks' losses.
class Equal : public Weighting {
 public:
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1.0 : 0.0;
    }
  }
};

}  // namespace

extern const WeightingEntry kEqual;
const WeightingEntry kEqual =
    MakeEntry<Equal>("equal", "the sum of the tasks' losses");

}  // namespace mtlkit
