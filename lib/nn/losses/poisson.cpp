#include "base/registry.h"
#include "nn/losses/log_mean.h"

namespace mtlkit {
namespace {

// e^z - y z, less what it is at e^z = y (McCullagh and Nelder, "Generalized
// linear models", 1989). 0 log 0 is 0.
struct PoissonPoint {
  double operator()(double z, double y, double* slope) const {
    const SafeExp mean(z);
    *slope = mean.slope - y;
    return mean.value - y * z + (y > 0 ? y * std::log(y) - y : 0);
  }
};

class PoissonLoss : public LogMeanLoss<PoissonPoint> {
 public:
  explicit PoissonLoss(const Task& task)
      : LogMeanLoss(task, PoissonPoint{}, true) {}
};

}  // namespace

extern const LossEntry kPoissonLoss;
const LossEntry kPoissonLoss = {
    MakeEntry<PoissonLoss>(
        "poisson",
        "half the deviance of a Poisson distribution, of counts and rates; the "
        "network puts out the log of the mean"),
    kLogMeanTypes, false, ShapeLogMean};

}  // namespace mtlkit
