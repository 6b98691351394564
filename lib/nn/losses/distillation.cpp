#include "base/registry.h"
#include "data/head.h"
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
             "the divergence from the teacher, or the cross-entropy, which is "
             "larger by the teacher's entropy",
             {"kl", "cross-entropy"});
    }
  };

  Distillation(const Task& task, const Options& options)
      : link_(task.traits().link),
        cols_(task.output_cols()),
        temperature_(static_cast<Real>(options.temperature)),
        scale_(options.scale_by_square ? temperature_ * temperature_ : 1),
        divergence_(options.form == "kl") {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      const Real* target = args.target.Row(row);
      const bool each =
          link_ == OutputLink::kIdentity || link_ == OutputLink::kSigmoid;
      const bool whole =
          each || std::none_of(target, target + cols_, IsMissing);
      if (weight == 0 || !whole) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
      row_loss[At(row)] = Row(args.output.Row(row), target, weight, slopes);
    }
  }

 private:
  Real Row(const Real* z, const Real* target, Real weight, Real* slopes) const {
    switch (link_) {
      case OutputLink::kIdentity:
        return Squared(z, target, weight, slopes);
      case OutputLink::kSoftmax:
        return Classes(z, target, weight * scale_, slopes);
      case OutputLink::kContinuation:
        return Ordered(z, target, weight * scale_, slopes);
      case OutputLink::kSigmoid:
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

  // Targets are the shares of all classes above each. The divergence of
  // distributions over classes is, by the chain rule, the sum of those of
  // "higher still" at each class, each times the teacher's share that comes so
  // far (of the softened questions).
  Real Ordered(const Real* z, const Real* target, Real scale,
               Real* slopes) const {
    Real loss = 0;
    Real at_least = 1;       // the teacher's share of this class and above
    Real soft_at_least = 1;  // of the softened questions
    for (Index k = 0; k < cols_; ++k) {
      const Real share = at_least > 0 ? target[k] / at_least : Real{0};
      const Real yes = std::clamp(share, Real{0}, Real{1});
      const Real top = std::max(yes, 1 - yes);
      const Real soft = Soften(yes, top);
      const Real t = soft / (soft + Soften(1 - yes, top));
      const LogisticParts parts(z[k] / temperature_);
      loss +=
          soft_at_least * (RelativeTerm(t, parts.softplus_minus, divergence_) +
                           RelativeTerm(1 - t, parts.softplus, divergence_));
      if (slopes != nullptr) {
        slopes[k] = scale * soft_at_least * (parts.sigmoid - t) / temperature_;
      }
      at_least = target[k];
      soft_at_least *= t;
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

  OutputLink link_;
  Index cols_;
  Real temperature_;
  Real scale_;
  bool divergence_;
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
