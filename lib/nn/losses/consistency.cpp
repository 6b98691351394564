#include <cassert>

#include "data/head.h"
#include "data/output_distance.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

// The squared difference of what two networks say, the mean over outputs: of
// probabilities (softmax, each sigmoid; ordinal: of all that is higher), or of
// values. Targets are those that the other's Head::SoftTargets gives. The
// consistency term of Laine and Aila, "Temporal ensembling for semi-supervised
// learning" (2017), and of Tarvainen and Valpola, "Mean teachers are better
// role models" (2017).
class Consistency : public Loss {
 public:
  explicit Consistency(const Task& task)
      : distance_(task.head().DistanceOf(task)), cols_(task.output_cols()) {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    distance_.Compare(
        {args.output, args.target, args.weight, row_loss, gradient});
  }

 private:
  const OutputDistance& distance_;
  Index cols_;
};

}  // namespace

extern const LossEntry kConsistencyLoss;
const LossEntry kConsistencyLoss = {
    MakeEntry<Consistency>(
        "consistency",
        "squared difference from another model's probabilities (Laine and Aila "
        "2017)"),
    {},  // all
    true};

}  // namespace mtlkit
