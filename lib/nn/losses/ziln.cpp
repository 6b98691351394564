#include "data/heads/ziln.h"

#include "base/registry.h"
#include "nn/losses/log_mean.h"

namespace mtlkit {
namespace {

// Wang, Liu and Miao, "A deep probabilistic model for customer lifetime value
// prediction", 2019, equation 3: the cross-entropy of more than 0, and of
// labels y that are, minus the log of the lognormal density, log sigma +
// (log y - mu)^2 / (2 sigma^2) and what no output changes. It is taken less
// what it is at best, of the least sigma, so that no loss is negative. The mean
// over columns.
class ZilnLoss : public Loss {
 public:
  explicit ZilnLoss(const Task& task) : width_(task.width) {}

  Index target_cols() const override { return width_; }
  LabelBounds label_bounds() const override { return {0, false}; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, static_cast<double>(width_), row_loss, gradient,
            [this](const Real* output, const Real* target, double scale,
                   Real* slopes) {
              double sum = 0;
              for (Index col = 0; col < width_; ++col) {
                const Index first = ZilnOutput::kCols * col;
                sum += Cell(output + first, target[col], scale,
                            slopes == nullptr ? nullptr : slopes + first);
              }
              return sum;
            });
  }

 private:
  static double Cell(const Real* output, Real target, double scale,
                     Real* slopes) {
    if (slopes != nullptr) std::fill_n(slopes, ZilnOutput::kCols, Real{0});
    if (IsMissing(target)) return 0;
    const ZilnOutput said(output);
    const bool is_above = target > 0;
    if (slopes != nullptr) {
      slopes[0] =
          static_cast<Real>(scale * (said.probability() - (is_above ? 1 : 0)));
    }
    if (!is_above) return SoftplusOf(said.logit);
    const double apart =
        (said.mu - std::log(static_cast<double>(target))) / said.sigma;
    if (slopes != nullptr) {
      slopes[1] = static_cast<Real>(scale * apart / said.sigma);
      slopes[2] = static_cast<Real>(
          scale * said.Slope((1 - apart * apart) / said.sigma));
    }
    return SoftplusOf(-said.logit) +
           std::log(said.sigma / ZilnOutput::kLeastSigma) + apart * apart / 2;
  }

  Index width_;
};

void ShapeZiln(const Choice& choice, const std::string& where, Task* task) {
  RequirePlainLabels(choice, where, *task);
  task->form = ParseForm("ziln");
  CountInMeans(task);
}

}  // namespace

extern const LossEntry kZilnLoss;
const LossEntry kZilnLoss = {
    MakeEntry<ZilnLoss>(
        "ziln",
        "zero-inflated lognormal distribution, of amounts that are often 0: "
        "mean and probability of more than 0 are predicted (Wang et al. 2019)"),
    kLogMeanTypes, false, ShapeZiln};

}  // namespace mtlkit
