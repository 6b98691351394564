#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// log cosh r = |r| + log(1 + exp(-2 |r|)) - log 2, which never overflows:
// r^2 / 2 near 0, |r| - log 2 far off.
struct LogCoshPoint {
  static constexpr Real kLogTwo = Real(0.693147180559945309);
  void operator()(Real residual, Real* loss, Real* slope) const {
    const Real size = std::abs(residual);
    *loss = std::max(Real{0}, size + std::log1p(std::exp(-2 * size)) - kLogTwo);
    *slope = std::tanh(residual);
  }
};

class LogCoshLoss : public ResidualLoss<LogCoshPoint> {
 public:
  explicit LogCoshLoss(const Task& task)
      : ResidualLoss(task.output_cols(), {}) {}
  bool robust() const override { return true; }
};

constexpr std::string_view kLogCoshTypes[] = {"regression"};

}  // namespace

extern const LossEntry kLogCoshLoss;
const LossEntry kLogCoshLoss = {
    MakeEntry<LogCoshLoss>("log-cosh",
                           "the log of the hyperbolic cosine: squared near 0, "
                           "absolute far off, smooth everywhere"),
    kLogCoshTypes};

}  // namespace mtlkit
