#include "base/error.h"
#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Binary cross-entropy of every label, as a mean or a sum over the labels of
// a row. A missing cell adds 0; the mean still divides by all labels, so that
// each cell counts the same.
class MultilabelCrossEntropy : public Loss {
 public:
  struct Options {
    double label_smoothing = 0;
    std::vector<double> positive_weight;
    std::string over_labels = "mean";
    void Describe(Fields& fields) {
      fields("label-smoothing", label_smoothing,
             "e: a label t becomes t (1 - e) + e/2", BelowFrom(0, 1));
      fields("positive-weight", positive_weight,
             "a factor of the positives of each label, or one for all",
             AtLeast(0));
      fields("over-labels", over_labels,
             "what a row's loss is of its labels' losses", {"mean", "sum"});
    }
  };

  MultilabelCrossEntropy(const Task& task, const Options& options)
      : smoothing_(static_cast<Real>(options.label_smoothing)),
        mean_(options.over_labels == "mean"),
        positive_(At(task.output_cols()), Real{1}) {
    const std::vector<double>& given = options.positive_weight;
    if (given.empty()) return;
    Require(given.size() == 1 || given.size() == positive_.size(),
            ErrorKind::kUsage,
            Str("positive-weight has ", given.size(), " values, but there are ",
                positive_.size(), " labels"));
    for (std::size_t k = 0; k < positive_.size(); ++k) {
      positive_[k] = static_cast<Real>(given[given.size() == 1 ? 0 : k]);
    }
  }

  Index target_cols() const override {
    return static_cast<Index>(positive_.size());
  }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == target_cols());
    assert(args.target.cols == target_cols());
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      if (weight == 0) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      const Real scale =
          mean_ ? weight / static_cast<Real>(target_cols()) : weight;
      row_loss[At(row)] =
          Row(*args.kernels, args.output.Row(row), args.target.Row(row), scale,
              gradient.empty() ? nullptr : gradient.Row(row));
    }
  }

 private:
  Real Row(const Kernels& kernels, const Real* z, const Real* target,
           Real scale, Real* gradient) const {
    LogisticChunk chunk;
    Real loss = 0;
    for (Index first = 0; first < target_cols(); first += chunk.kSize) {
      const Index count = std::min(chunk.kSize, target_cols() - first);
      for (Index i = 0; i < count; ++i) {
        const std::size_t k = At(first + i);
        chunk.Set(i, target[k], smoothing_, scale * positive_[k], scale);
      }
      Real losses[LogisticChunk::kSize];
      chunk.Evaluate(kernels, z + first, count, losses,
                     gradient == nullptr ? nullptr : gradient + first);
      for (Index i = 0; i < count; ++i) loss += losses[i];
    }
    return loss;
  }

  Real smoothing_;
  bool mean_;
  std::vector<Real> positive_;
};

constexpr std::string_view kMultilabelCrossEntropyTypes[] = {"multilabel"};

}  // namespace

extern const LossEntry kMultilabelCrossEntropyLoss;
const LossEntry kMultilabelCrossEntropyLoss = {
    MakeEntry<MultilabelCrossEntropy, MultilabelCrossEntropy::Options>(
        "multilabel-cross-entropy",
        "binary cross-entropy of each label, averaged over the labels"),
    kMultilabelCrossEntropyTypes};

}  // namespace mtlkit
