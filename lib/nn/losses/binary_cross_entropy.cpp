#include "base/registry.h"
#include "nn/losses/class_weights.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// -[c1 t log s(z) + c0 (1 - t) log(1 - s(z))] with t smoothed towards 1/2.
// Targets may be any number in [0, 1].
class BinaryCrossEntropy : public Loss {
 public:
  struct Options : ClassWeightOptions {
    double label_smoothing = 0;
    void Describe(Fields& fields) {
      fields("label-smoothing", label_smoothing,
             "e: a label t becomes t (1 - e) + e/2", BelowFrom(0, 1));
      ClassWeightOptions::Describe(fields);
    }
  };

  BinaryCrossEntropy(const Task& task, const Options& options)
      : smoothing_(static_cast<Real>(options.label_smoothing)) {
    const std::vector<Real> factors = options.Factors(task);
    negative_ = factors[0];
    positive_ = factors[1];
  }

  Index target_cols() const override { return 1; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == 1 && args.target.cols == 1);
    LogisticChunk chunk;
    for (Index first = 0; first < args.output.rows; first += chunk.kSize) {
      const Index count = std::min(chunk.kSize, args.output.rows - first);
      for (Index i = 0; i < count; ++i) {
        const Real weight = args.weight[At(first + i)];
        chunk.Set(i, args.target.data[first + i], smoothing_,
                  weight * positive_, weight * negative_);
      }
      chunk.Evaluate(*args.kernels, args.output.data + first, count,
                     row_loss.data() + first,
                     gradient.empty() ? nullptr : gradient.data + first);
    }
  }

 private:
  Real smoothing_;
  Real negative_ = 1;
  Real positive_ = 1;
};

constexpr std::string_view kBinaryCrossEntropyTypes[] = {"binary"};

}  // namespace

extern const LossEntry kBinaryCrossEntropyLoss;
const LossEntry kBinaryCrossEntropyLoss = {
    MakeEntry<BinaryCrossEntropy, BinaryCrossEntropy::Options>(
        "binary-cross-entropy",
        "minus the log of the probability given to the label, from a logit"),
    kBinaryCrossEntropyTypes};

}  // namespace mtlkit
