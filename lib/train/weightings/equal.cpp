#include "base/choice.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

struct NoOptions {
  void Describe(Fields&) {}
};

// The total is the sum of the tasks' losses.
class Equal : public Weighting {
 public:
  WeightingNeeds needs() const override { return WeightingNeeds::kLosses; }
  bool weights_heads() const override { return true; }
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1.0 : 0.0;
    }
  }
};

}  // namespace

extern const WeightingEntry kEqual;
const WeightingEntry kEqual = {
    "equal", "the sum of the tasks' losses",
    [](Fields& fields) { NoOptions().Describe(fields); },
    [](const Choice& choice, std::span<const Task>,
       const std::string& where) -> std::unique_ptr<Weighting> {
      NoOptions options;
      ReadOptions(choice, where, &options);
      return std::make_unique<Equal>();
    }};

}  // namespace mtlkit
