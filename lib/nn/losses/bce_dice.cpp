#include "base/registry.h"
#include "nn/losses/dice_overlap.h"

namespace mtlkit {
namespace {

struct BceDiceOptions {
  double dice_weight = 1;
  void Describe(Fields& fields) {
    fields("dice", dice_weight, "factor of the Dice loss", AtLeast(0));
  }
};

// Cross-entropy of the pixels of every image, and of those with a lesion the
// Dice loss beside it.
class BceDiceLoss : public Loss {
 public:
  BceDiceLoss(const Task& map, const BceDiceOptions& options)
      : pixels_(MakeLoss(map, {"cross-entropy", {}})),
        overlap_(map),
        dice_weight_(static_cast<Real>(options.dice_weight)) {}

  Index target_cols() const override { return overlap_.pixels(); }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    pixels_->Evaluate(args, row_loss, gradient);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = dice_weight_ * args.weight[At(row)];
      if (weight == 0) continue;
      row_loss[At(row)] +=
          overlap_.Add(args.output.Row(row), args.target.Row(row), weight,
                       gradient.empty() ? nullptr : gradient.Row(row));
    }
  }

 private:
  std::unique_ptr<Loss> pixels_;
  DiceOverlap overlap_;
  Real dice_weight_;
};

constexpr std::string_view kBceDiceTypes[] = {"map"};

}  // namespace

extern const LossEntry kBceDiceLoss;
const LossEntry kBceDiceLoss = {
    MakeEntry<BceDiceLoss, BceDiceOptions>(
        "bce-dice",
        "cross-entropy of pixels and, of images with a lesion, the Dice loss"),
    kBceDiceTypes};

}  // namespace mtlkit
