#include <cassert>

#include "base/registry.h"
#include "data/head.h"
#include "data/output_distance.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

// Towards the distribution of a teacher (Hinton, Vinyals and Dean 2015):
// T^2 KL(t_T || p_T), where both distributions are softened, p_T =
// softmax(z / T) and t_T proportional to t^(1/T). Targets are the teacher's
// probabilities (ordinal: of all that is higher, see data/head.h). Numbers: the
// squared loss towards the teacher's output.
class Distillation : public Loss {
 public:
  struct Options {
    double temperature = 1;
    bool scale_by_square = true;
    std::string form = "kl";
    void Describe(Fields& fields) {
      fields("temperature", temperature,
             "T: how much both distributions are softened", MoreThan(0));
      fields("scale-by-square", scale_by_square,
             "multiply by T^2, so that gradients keep their size");
      fields("form", form,
             "of tasks with classes the divergence from the teacher; the "
             "cross-entropy, which is larger by the teacher's entropy; the "
             "reverse divergence, which keeps to what the teacher says most; "
             "or the one towards the mean of both",
             {"kl", "cross-entropy", "reverse", "jensen-shannon"});
    }
  };

  Distillation(const Task& task, const Options& options)
      : distance_(task.head().DistanceOf(task)), cols_(task.output_cols()) {
    const auto temperature = static_cast<Real>(options.temperature);
    softening_ = {
        temperature, options.scale_by_square ? temperature * temperature : 1,
        options.form == "reverse"          ? Divergence::kReverse
        : options.form == "cross-entropy"  ? Divergence::kCrossEntropy
        : options.form == "jensen-shannon" ? Divergence::kJensenShannon
                                           : Divergence::kForward};
  }

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    distance_.Distill(softening_, {args.output, args.target, args.weight,
                                   row_loss, gradient});
  }

 private:
  const OutputDistance& distance_;
  Index cols_;
  Softening softening_;
};

}  // namespace

extern const LossEntry kDistillationLoss;
const LossEntry kDistillationLoss = {
    MakeEntry<Distillation, Distillation::Options>(
        "distillation",
        "towards the outputs of another model, softened by a temperature "
        "(Hinton et al. 2015)"),
    {},  // all
    true};

}  // namespace mtlkit
