#include "base/registry.h"
#include "nn/losses/log_mean.h"

namespace mtlkit {
namespace {

struct TweedieOptions {
  double power = 1.5;
  void Describe(Fields& fields) {
    fields("power", power,
           "p of the variance mean^p: towards 1 as poisson, towards 2 as gamma",
           Range{1.0, 2.0, true, true});
  }
};

// Sums of a Poisson number of gamma amounts (Jorgensen, "Exponential dispersion
// models", 1987): e^((2 - p) z) / (2 - p) - y e^((1 - p) z) / (1 - p), less
// what it is at e^z = y.
struct TweediePoint {
  double power;
  double operator()(double z, double y, double* slope) const {
    const double a = 1 - power;
    const double b = 2 - power;
    const SafeExp pull(a * z);
    const SafeExp push(b * z);
    *slope = push.slope - y * pull.slope;
    return push.value / b - y * pull.value / a + std::pow(y, b) / (a * b);
  }
};

class TweedieLoss : public LogMeanLoss<TweediePoint> {
 public:
  TweedieLoss(const Task& task, const TweedieOptions& options)
      : LogMeanLoss(task, TweediePoint{options.power}, true) {}
};

}  // namespace

extern const LossEntry kTweedieLoss;
const LossEntry kTweedieLoss = {
    MakeEntry<TweedieLoss, TweedieOptions>(
        "tweedie",
        "half the deviance of a Tweedie distribution, of amounts that are "
        "often 0; the network puts out the log of the mean (Jorgensen 1987)"),
    kLogMeanTypes, false, ShapeLogMean};

}  // namespace mtlkit
