#include "base/registry.h"
#include "nn/losses/dice_overlap.h"

namespace mtlkit {
namespace {

class DiceLoss : public Loss {
 public:
  explicit DiceLoss(const Task& map) : overlap_(map) {}

  Index target_cols() const override { return overlap_.pixels(); }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    for (Index row = 0; row < args.output.rows; ++row) {
      SkipRow(row, row_loss, gradient);
      const Real weight = args.weight[At(row)];
      if (weight == 0) continue;
      row_loss[At(row)] =
          overlap_.Add(args.output.Row(row), args.target.Row(row), weight,
                       gradient.empty() ? nullptr : gradient.Row(row));
    }
  }

  // Images without a lesion say nothing.
  double Divisor(const LossArgs& args) const override {
    double sum = 0;
    for (Index row = 0; row < args.target.rows; ++row) {
      const Real weight = args.weight[At(row)];
      if (weight > 0 && overlap_.HasLesion(args.target.Row(row))) {
        sum += static_cast<double>(weight);
      }
    }
    return sum;
  }

 private:
  DiceOverlap overlap_;
};

constexpr std::string_view kDiceTypes[] = {"map"};

}  // namespace

extern const LossEntry kDiceLoss;
const LossEntry kDiceLoss = {
    MakeEntry<DiceLoss>(
        "dice",
        "1 less the soft Dice overlap of an image, the mean over images with a "
        "lesion (Milletari et al. 2016)"),
    kDiceTypes};

}  // namespace mtlkit
