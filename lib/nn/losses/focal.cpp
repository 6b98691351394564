#include "base/registry.h"
#include "nn/losses/class_weights.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct FocalOptions : ClassWeightOptions {
  double gamma = 2;
  void Describe(Fields& fields) {
    fields("gamma", gamma,
           "how much less rows count that are right already; 0: cross-entropy",
           AtLeast(0));
    ClassWeightOptions::Describe(fields);
  }
};

// Lin, Goyal, Girshick, He and Dollar, "Focal loss for dense object detection",
// 2017: c_y (1 - p)^gamma (-log p), where p is the probability of the label's
// class.
struct FocalRow {
  Real gamma;
  std::vector<Real> weights;

  Real operator()(const Real* z, Index cols, Index label, Real* slopes) const {
    const Real factor = weights[At(label)];
    if (cols == 1) {
      const Real sign = label == 1 ? Real{1} : Real{-1};
      Real loss = 0;
      Real slope = 0;
      FocalTerm(sign * z[0], gamma, &loss, &slope);
      if (slopes != nullptr) slopes[0] = factor * sign * slope;
      return factor * loss;
    }
    return factor * Softmax(z, cols, label, factor, slopes);
  }

  // With q = 1 - p, which is summed lest it be lost beside 1, and L = -log p:
  // d(q^gamma L) / d log p = -q^gamma (gamma p L / q + 1).
  Real Softmax(const Real* z, Index cols, Index label, Real factor,
               Real* slopes) const {
    const Real log_sum = LogSumExp(z, cols, 1);
    Real missed = 0;
    for (Index k = 0; k < cols; ++k) {
      if (k != label) missed += std::exp(z[k] - log_sum);
    }
    missed = std::min(missed, Real{1});
    const Real p = std::exp(z[label] - log_sum);
    const Real minus_log =
        missed < Real(0.5) ? -std::log1p(-missed) : log_sum - z[label];
    const Real focus = std::pow(missed, gamma);
    if (slopes == nullptr) return focus * minus_log;
    const Real ratio = missed > 0 ? minus_log / missed : Real{1};
    const Real slope = factor * focus * (gamma * p * ratio + 1);
    for (Index k = 0; k < cols; ++k) {
      slopes[k] = slope * std::exp(z[k] - log_sum);
    }
    slopes[label] = -slope * missed;
    return focus * minus_log;
  }
};

class FocalLoss : public ClassLoss<FocalRow> {
 public:
  FocalLoss(const Task& task, const FocalOptions& options)
      : ClassLoss({static_cast<Real>(options.gamma), options.Factors(task)}) {}
};

constexpr std::string_view kFocalTypes[] = {"binary", "multiclass", "tags",
                                            "map"};

}  // namespace

extern const LossEntry kFocalLoss;
const LossEntry kFocalLoss = {
    MakeEntry<FocalLoss, FocalOptions>(
        "focal",
        "cross-entropy that counts rows less the more they are right already "
        "(Lin et al. 2017)"),
    kFocalTypes, false, nullptr, true};

}  // namespace mtlkit
