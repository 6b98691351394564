#include "base/error.h"
#include "base/registry.h"
#include "nn/losses/class_weights.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// sum over classes k of a_k (-log softmax(z)_k), where a_k = c_k e/K, and
// c_k (1 - e) more for the label's class.
class CrossEntropy : public Loss {
 public:
  struct Options : ClassWeightOptions {
    double label_smoothing = 0;
    void Describe(Fields& fields) {
      fields("label-smoothing", label_smoothing,
             "e: the label's class gets 1 - e, and all K classes e/K",
             BelowFrom(0, 1));
      ClassWeightOptions::Describe(fields);
    }
  };

  CrossEntropy(const Task& task, const Options& options)
      : smoothing_(static_cast<Real>(options.label_smoothing)),
        class_weight_(options.Factors(task)),
        weighted_(options.any()) {
    if (!task.traits().is_written) return;
    Require(!weighted_, ErrorKind::kUsage,
            "what comes next in a text has no classes to weigh",
            "leave class weights out");
    class_weight_.assign(At(task.codes), Real{1});
  }

  Index target_cols() const override { return 1; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.target.cols == 1);
    if (!weighted_ && !AnyMissing(args)) {
      Fused(args, row_loss, gradient);
      return;
    }
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      const Real label = args.target.data[row];
      if (weight == 0 || IsMissing(label)) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      const Index k = static_cast<Index>(label);
      assert(k >= 0 && k < args.output.cols);
      row_loss[At(row)] = Row(args.output.Row(row), args.output.cols, k, weight,
                              gradient.empty() ? nullptr : gradient.Row(row));
    }
  }

 private:
  // Whether a row with a weight has no label.
  static bool AnyMissing(const LossArgs& args) {
    for (Index row = 0; row < args.output.rows; ++row) {
      if (IsMissing(args.target.data[row]) && args.weight[At(row)] != 0) {
        return true;
      }
    }
    return false;
  }

  void Fused(const LossArgs& args, std::span<Real> row_loss,
             MatView gradient) const {
    CrossEntropyArgs kernel;
    kernel.logits = args.output.data;
    kernel.stride = args.output.cols;
    kernel.rows = args.output.rows;
    kernel.classes = args.output.cols;
    kernel.target = args.target.data;
    kernel.weight = args.weight.data();
    kernel.smoothing = smoothing_;
    kernel.row_loss = row_loss.data();
    kernel.gradient = gradient.data;
    kernel.gradient_stride = gradient.cols;
    args.kernels->cross_entropy(kernel);
  }

  Real Row(const Real* z, Index cols, Index label, Real weight,
           Real* gradient) const {
    const Real log_sum = LogSumExp(z, cols, 1);
    const Real spread = weight * smoothing_ / static_cast<Real>(cols);
    const Real sure = weight * (1 - smoothing_) * ClassWeight(label);
    Real loss = sure * (log_sum - z[label]);
    Real mass = sure;
    if (smoothing_ > 0) {
      for (Index k = 0; k < cols; ++k) {
        loss += spread * ClassWeight(k) * (log_sum - z[k]);
        mass += spread * ClassWeight(k);
      }
    }
    if (gradient == nullptr) return loss;
    for (Index k = 0; k < cols; ++k) {
      gradient[k] = mass * std::exp(z[k] - log_sum) - spread * ClassWeight(k);
    }
    gradient[label] -= sure;
    return loss;
  }

  Real ClassWeight(Index k) const { return class_weight_[At(k)]; }

  Real smoothing_;
  std::vector<Real> class_weight_;
  bool weighted_;
};

constexpr std::string_view kCrossEntropyTypes[] = {"multiclass", "tags",
                                                   "sequence", "map"};

}  // namespace

extern const LossEntry kCrossEntropyLoss;
const LossEntry kCrossEntropyLoss = {
    MakeEntry<CrossEntropy, CrossEntropy::Options>(
        "cross-entropy",
        "minus the log of the softmax probability given to the label's class"),
    kCrossEntropyTypes, false, nullptr, true};

}  // namespace mtlkit
