#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct AsymmetricOptions {
  double gamma_positive = 0;
  double gamma_negative = 4;
  double shift = 0.05;
  std::string over_labels = "mean";
  void Describe(Fields& fields) {
    fields("gamma-positive", gamma_positive,
           "how much less set labels count that are right already", AtLeast(0));
    fields("gamma-negative", gamma_negative,
           "how much less unset labels count that are right already",
           AtLeast(0));
    fields("shift", shift,
           "m: unset labels of probability m and less count nothing",
           BelowFrom(0, 1));
    fields("over-labels", over_labels,
           "what a row's loss is of its labels' losses", {"mean", "sum"});
  }
};

// Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter and Zelnik-Manor,
// "Asymmetric loss for multi-label classification", 2021: of a set label
// (1 - p)^gp (-log p), of another q^gn (-log(1 - q)) with q = max(p - m, 0).
class AsymmetricLoss : public Loss {
 public:
  AsymmetricLoss(const Task& task, const AsymmetricOptions& options)
      : cols_(task.output_cols()),
        positive_(static_cast<Real>(options.gamma_positive)),
        negative_(static_cast<Real>(options.gamma_negative)),
        shift_(static_cast<Real>(options.shift)),
        mean_(options.over_labels == "mean") {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, mean_ ? static_cast<Real>(cols_) : Real{1}, row_loss,
            gradient, [this](const auto&... of_row) { return Row(of_row...); });
  }

 private:
  Real Row(const Real* z, const Real* target, Real scale, Real* slopes) const {
    Real sum = 0;
    for (Index k = 0; k < cols_; ++k) {
      Real loss = 0;
      Real slope = 0;
      if (!IsMissing(target[k])) {
        if (target[k] > Real(0.5)) {
          FocalTerm(z[k], positive_, &loss, &slope);
        } else {
          Unset(z[k], &loss, &slope);
        }
      }
      sum += loss;
      if (slopes != nullptr) slopes[k] = scale * slope;
    }
    return sum;
  }

  // With L = -log(1 - q), dq/dz = p (1 - p) above m: the slope is
  // q^gn (gn L / q + 1 / (1 - q)) p (1 - p).
  void Unset(Real z, Real* loss, Real* slope) const {
    const LogisticParts parts(z);
    const Real p = parts.sigmoid;
    const Real rest = LogisticParts(-z).sigmoid;
    const Real q = p - shift_;
    if (q <= 0) return;
    const Real minus_log =
        shift_ > 0 ? -std::log(rest + shift_) : parts.softplus;
    const Real focus = std::pow(q, negative_);
    *loss = focus * minus_log;
    const Real pull = shift_ > 0 ? p * rest / (rest + shift_) : p;
    *slope = focus * (negative_ * minus_log / q * p * rest + pull);
  }

  Index cols_;
  Real positive_;
  Real negative_;
  Real shift_;
  bool mean_;
};

constexpr std::string_view kAsymmetricTypes[] = {"multilabel"};

}  // namespace

extern const LossEntry kAsymmetricLoss;
const LossEntry kAsymmetricLoss = {
    MakeEntry<AsymmetricLoss, AsymmetricOptions>(
        "asymmetric",
        "cross-entropy of each label that counts easy ones less, and of unset "
        "ones most of all (Ridnik et al. 2021)"),
    kAsymmetricTypes};

}  // namespace mtlkit
