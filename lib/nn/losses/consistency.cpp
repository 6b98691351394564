#include "data/head.h"
#include "nn/losses/loss_tools.h"

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
      : link_(task.traits().link), cols_(task.output_cols()) {}

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == cols_ && args.target.cols == cols_);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      if (weight == 0) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      const Real scale = weight / static_cast<Real>(cols_);
      const Real* z = args.output.Row(row);
      const Real* target = args.target.Row(row);
      Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
      row_loss[At(row)] = link_ == OutputLink::kSoftmax
                              ? Classes(z, target, scale, slopes)
                          : link_ == OutputLink::kContinuation
                              ? Ordered(z, target, scale, slopes)
                              : Columns(z, target, scale, slopes);
    }
  }

 private:
  // With d = p - t: the slope by z_k is 2 p_k (d_k - sum_j p_j d_j) / cols.
  Real Classes(const Real* z, const Real* target, Real scale,
               Real* slopes) const {
    const Real log_sum = LogSumExp(z, cols_, Real{1});
    Real sum = 0;
    Real mean = 0;
    for (Index k = 0; k < cols_; ++k) {
      if (IsMissing(target[k])) continue;
      const Real p = std::exp(z[k] - log_sum);
      sum += (p - target[k]) * (p - target[k]);
      mean += p * (p - target[k]);
    }
    for (Index k = 0; slopes != nullptr && k < cols_; ++k) {
      const Real p = std::exp(z[k] - log_sum);
      const Real apart = IsMissing(target[k]) ? Real{0} : p - target[k];
      slopes[k] = 2 * scale * p * (apart - mean);
    }
    return scale * sum;
  }

  // With h_k = s_1 ... s_k for the sigmoids s: dh_k/dz_j = h_k (1 - s_j), j <=
  // k.
  Real Ordered(const Real* z, const Real* target, Real scale,
               Real* slopes) const {
    for (Index k = 0; slopes != nullptr && k < cols_; ++k) slopes[k] = 0;
    Real sum = 0;
    Real higher = 1;
    for (Index k = 0; k < cols_; ++k) {
      higher *= LogisticParts(z[k]).sigmoid;
      if (IsMissing(target[k])) continue;
      const Real apart = higher - target[k];
      sum += apart * apart;
      for (Index j = 0; slopes != nullptr && j <= k; ++j) {
        slopes[j] +=
            2 * scale * apart * higher * (1 - LogisticParts(z[j]).sigmoid);
      }
    }
    return scale * sum;
  }

  Real Columns(const Real* z, const Real* target, Real scale,
               Real* slopes) const {
    const bool values = link_ == OutputLink::kIdentity;
    Real sum = 0;
    for (Index k = 0; k < cols_; ++k) {
      if (slopes != nullptr) slopes[k] = 0;
      if (IsMissing(target[k])) continue;
      const Real p = values ? z[k] : LogisticParts(z[k]).sigmoid;
      const Real slope = values ? Real{1} : p * (1 - p);
      sum += (p - target[k]) * (p - target[k]);
      if (slopes != nullptr) {
        slopes[k] = 2 * scale * (p - target[k]) * slope;
      }
    }
    return scale * sum;
  }

  OutputLink link_;
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
