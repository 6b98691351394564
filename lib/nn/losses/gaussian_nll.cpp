#include "base/registry.h"
#include "data/heads/gaussian.h"
#include "nn/losses/loss_tools.h"
#include "nn/losses/plain_labels.h"

namespace mtlkit {
namespace {

// Nix and Weigend, "Estimating the mean and variance of the target probability
// distribution", 1994: minus the log of the normal density at the label,
// (log v + (y - m)^2 / v) / 2, less what it is at best, of the least variance:
// so it is never negative, as weightings need it. The mean over columns.
class GaussianNll : public Loss {
 public:
  explicit GaussianNll(const Task& task) : width_(task.width) {}

  Index target_cols() const override { return width_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, static_cast<double>(width_), row_loss, gradient,
            [this](const auto&... of_row) { return Row(of_row...); });
  }

 private:
  double Row(const Real* output, const Real* target, double scale,
             Real* slopes) const {
    const double least = std::log(GaussianOutput::kLeastVariance);
    double sum = 0;
    for (Index col = 0; col < width_; ++col) {
      double by_mean = 0;
      double by_log = 0;
      if (!IsMissing(target[col])) {
        const GaussianOutput said(static_cast<double>(output[2 * col]),
                                  static_cast<double>(output[2 * col + 1]));
        const double apart = said.mean - static_cast<double>(target[col]);
        by_mean = apart / said.variance();
        by_log = said.Held((1 - apart * by_mean) / 2);
        sum += (said.log - least + apart * by_mean) / 2;
      }
      if (slopes == nullptr) continue;
      slopes[2 * col] = static_cast<Real>(scale * by_mean);
      slopes[2 * col + 1] = static_cast<Real>(scale * by_log);
    }
    return sum;
  }

  Index width_;
};

void ShapeGaussian(const Choice& choice, const std::string& where, Task* task) {
  RequirePlainLabels(choice, where, *task);
  task->form = ParseForm("gaussian");
}

constexpr std::string_view kGaussianTypes[] = {"regression"};

}  // namespace

extern const LossEntry kGaussianNllLoss;
const LossEntry kGaussianNllLoss = {
    MakeEntry<GaussianNll>(
        "gaussian-nll",
        "negative log likelihood of a normal distribution, whose mean and "
        "deviation are then predicted (Nix and Weigend 1994)"),
    kGaussianTypes, false, ShapeGaussian};

}  // namespace mtlkit
