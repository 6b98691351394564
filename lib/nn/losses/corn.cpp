#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Shi, Cao and Raschka, "Deep neural networks for rank-consistent ordinal
// regression based on conditional probabilities" (CORN), 2021: a binary
// cross-entropy of "higher still" for each k on the rows whose class is at
// least k. Its sum over k is minus the log of the probability of the class. The
// paper divides by the number of all terms of a batch, this by that of rows.
class Corn : public Loss {
 public:
  explicit Corn(const Task&) {}

  Index target_cols() const override { return 1; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      const Real label = args.target.data[row];
      if (weight == 0 || IsMissing(label)) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      row_loss[At(row)] =
          Row(args.output.Row(row), args.output.cols, static_cast<Index>(label),
              weight, gradient.empty() ? nullptr : gradient.Row(row));
    }
  }

 private:
  static Real Row(const Real* z, Index cols, Index label, Real weight,
                  Real* slopes) {
    Real loss = 0;
    for (Index k = 0; k < cols; ++k) {
      if (k > label) {
        if (slopes != nullptr) slopes[k] = 0;
        continue;
      }
      const LogisticParts parts(z[k]);
      const bool higher = label > k;
      loss += higher ? parts.softplus_minus : parts.softplus;
      if (slopes != nullptr) {
        slopes[k] = weight * (parts.sigmoid - static_cast<Real>(higher));
      }
    }
    return weight * loss;
  }
};

constexpr std::string_view kCornTypes[] = {"ordinal"};

}  // namespace

extern const LossEntry kCornLoss;
const LossEntry kCornLoss = {
    MakeEntry<Corn>("corn",
                    "cross-entropy of \"higher still\" at every class up to "
                    "the label's (CORN, Shi et al. 2021)"),
    kCornTypes};

}  // namespace mtlkit
