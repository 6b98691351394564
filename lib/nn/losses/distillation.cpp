#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// t log(t / p) with the limit 0 at t = 0.
Real RelativeTerm(Real t, Real minus_log_p, bool divergence) {
  if (t <= 0) return 0;
  return t * minus_log_p + (divergence ? t * std::log(t) : Real{0});
}

// Towards the distribution of a teacher (Hinton, Vinyals and Dean 2015):
// T^2 KL(t_T || p_T), where both distributions are softened, p_T =
// softmax(z / T) and t_T proportional to t^(1/T). Targets are the teacher's
// probabilities. Regression: the squared loss towards the teacher's output.
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
             "the divergence from the teacher, or the cross-entropy, which is "
             "larger by the teacher's entropy",
             {"kl", "cross-entropy"});
    }
  };

  Distillation(const Task& task, const Options& options)
      : type_(task.type),
        cols_(task.output_cols()),
        temperature_(static_cast<Real>(options.temperature)),
        scale_(options.scale_by_square ? temperature_ * temperature_ : 1),
        divergence_(options.form == "kl") {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[static_cast<std::size_t>(row)];
      const Real* target = args.target.Row(row);
      const bool whole = type_ != TaskType::kMulticlass ||
                         std::none_of(target, target + cols_, IsMissing);
      if (weight == 0 || !whole) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
      row_loss[static_cast<std::size_t>(row)] =
          Row(args.output.Row(row), target, weight, slopes);
    }
  }

 private:
  Real Row(const Real* z, const Real* target, Real weight, Real* slopes) const {
    switch (type_) {
      case TaskType::kRegression:
        return Squared(z, target, weight, slopes);
      case TaskType::kMulticlass:
        return Classes(z, target, weight * scale_, slopes);
      case TaskType::kBinary:
      case TaskType::kMultilabel:
        break;
    }
    return Labels(z, target, weight * scale_, slopes);
  }

  Real Squared(const Real* z, const Real* target, Real weight,
               Real* slopes) const {
    const Real scale = weight / static_cast<Real>(cols_);
    Real sum = 0;
    for (Index k = 0; k < cols_; ++k) {
      const Real residual = IsMissing(target[k]) ? 0 : z[k] - target[k];
      sum += scale * residual * residual;
      if (slopes != nullptr) slopes[k] = 2 * scale * residual;
    }
    return sum;
  }

  Real Classes(const Real* z, const Real* target, Real scale,
               Real* slopes) const {
    const Real log_sum = LogSumExp(z, cols_, temperature_);
    const Real top = *std::max_element(target, target + cols_);
    Real total = 0;
    for (Index k = 0; k < cols_; ++k) total += Soften(target[k], top);
    Real loss = 0;
    for (Index k = 0; k < cols_; ++k) {
      const Real t = Soften(target[k], top) / total;
      const Real minus_log_p = log_sum - z[k] / temperature_;
      loss += RelativeTerm(t, minus_log_p, divergence_);
      if (slopes != nullptr) {
        slopes[k] = scale * (std::exp(-minus_log_p) - t) / temperature_;
      }
    }
    return scale * loss;
  }

  // t^(1/T), relative to the largest of the row.
  Real Soften(Real t, Real top) const {
    return temperature_ == 1 ? t : std::pow(t / top, 1 / temperature_);
  }

  Real Labels(const Real* z, const Real* target, Real scale,
              Real* slopes) const {
    const Real share = scale / static_cast<Real>(cols_);
    Real loss = 0;
    for (Index k = 0; k < cols_; ++k) {
      if (IsMissing(target[k])) {
        if (slopes != nullptr) slopes[k] = 0;
        continue;
      }
      const Real top = std::max(target[k], 1 - target[k]);
      const Real yes = Soften(target[k], top);
      const Real t = yes / (yes + Soften(1 - target[k], top));
      const LogisticParts parts(z[k] / temperature_);
      loss += RelativeTerm(t, parts.softplus_minus, divergence_) +
              RelativeTerm(1 - t, parts.softplus, divergence_);
      if (slopes != nullptr) {
        slopes[k] = share * (parts.sigmoid - t) / temperature_;
      }
    }
    return share * loss;
  }

  TaskType type_;
  Index cols_;
  Real temperature_;
  Real scale_;
  bool divergence_;
};

constexpr TaskType kTypes[] = {TaskType::kRegression, TaskType::kBinary,
                               TaskType::kMulticlass, TaskType::kMultilabel};

}  // namespace

extern const LossEntry kDistillationLoss;
const LossEntry kDistillationLoss = {
    MakeEntry<Distillation, Distillation::Options>(
        "distillation",
        "towards the outputs of another model, softened by a temperature "
        "(Hinton "
        "et al. 2015)"),
    kTypes, true};

}  // namespace mtlkit
