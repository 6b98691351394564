#include <algorithm>
#include <cmath>

#include "train/averaging.h"

namespace mtlkit {
namespace {

struct EmaOptions {
  double decay = 0.999;
  std::string early = "debiased";

  void Describe(Fields& field) {
    field("decay", decay, "what is kept of the average at an update",
          BelowFrom(0, 1));
    field("early", early,
          "what the first updates do to the beginning: debiased (it has no "
          "part), warm-up (the decay rises), mean (of all, until that is "
          "slower) or plain",
          {"debiased", "warm-up", "mean", "plain"});
  }
};

// a = d a + (1 - d) p after every update t = 1, 2, ... (Polyak and Juditsky,
// "Acceleration of stochastic approximation by averaging", 1992, with weights
// that fade). debiased: from a = 0, divided by 1 - decay^t, as Adam's means
// (Kingma and Ba 2015); that is a share of (1 - decay) / (1 - decay^t). The
// others begin as the parameters do: warm-up has d = min(decay, (1 + t) /
// (10 + t)), as TensorFlow's; mean d = min(decay, 1 - 1 / (t + 1)), as in
// Tarvainen and Valpola (2017); plain d = decay.
class Ema : public Averaging {
 public:
  explicit Ema(const EmaOptions& options) : options_(options) {}

  bool follows_updates() const override { return true; }
  bool HasBegun(Index /*epochs*/) const override { return true; }

  double ShareOfUpdate(Index count) const override {
    const double decay = options_.decay;
    const double t = static_cast<double>(count);
    if (options_.early == "debiased") {
      return (1 - decay) / (1 - std::pow(decay, t));
    }
    if (options_.early == "warm-up") {
      return 1 - std::min(decay, (1 + t) / (10 + t));
    }
    if (options_.early == "mean") return 1 - std::min(decay, 1 - 1 / (t + 1));
    return 1 - decay;
  }

 private:
  EmaOptions options_;
};

}  // namespace

extern const AveragingEntry kEma;
const AveragingEntry kEma = MakeEntry<Ema, EmaOptions>(
    "ema",
    "exponential moving mean of the weights after each update (Polyak and "
    "Juditsky 1992)");

}  // namespace mtlkit
