#include "base/registry.h"
#include "nn/losses/log_mean.h"

namespace mtlkit {
namespace {

// y e^-z + z, less what it is at e^z = y (McCullagh and Nelder, "Generalized
// linear models", 1989): errors count by their ratio to the mean.
struct GammaPoint {
  double operator()(double z, double y, double* slope) const {
    const SafeExp inverse(-z);
    *slope = 1 - y * inverse.slope;
    return y * inverse.value + z - 1 - std::log(y);
  }
};

class GammaLoss : public LogMeanLoss<GammaPoint> {
 public:
  explicit GammaLoss(const Task& task)
      : LogMeanLoss(task, GammaPoint{}, false) {}
};

}  // namespace

extern const LossEntry kGammaLoss;
const LossEntry kGammaLoss = {
    MakeEntry<GammaLoss>(
        "gamma",
        "half the deviance of a gamma distribution, of amounts above 0; the "
        "network puts out the log of the mean"),
    kLogMeanTypes, false, ShapeLogMean};

}  // namespace mtlkit
