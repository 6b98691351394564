#include "data/heads/class_head.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

// A logit for each class.
class MulticlassHead final : public ClassHead {
 public:
  std::string Describe(const Task& task) const override {
    return Str(task.classes.size(), " classes");
  }

  Index output_cols(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    Softmax(outputs, predictions);
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    Softmax(outputs, targets);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    CopyValues(predictions, targets);
  }

  const OutputDistance& distance() const override { return SoftmaxDistance(); }
  Index PredictedClass(std::span<const float> row) const override {
    return Largest(row);
  }
  Index PredictedClass(std::span<const double> row) const override {
    return Largest(row);
  }
  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    for (const Index at : order) {
      *to++ = static_cast<double>(from[At(at)]);
    }
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    std::vector<Real> row;
    for (const double share : constants) {
      row.push_back(static_cast<Real>(LogOfShare(share)));
    }
    return {row};
  }

 private:
  static void Softmax(ConstMatView outputs, MatView values) {
    assert(outputs.rows == values.rows && outputs.cols == values.cols);
    ActiveKernels().softmax(outputs.data, outputs.cols, values.data,
                            values.cols, outputs.rows, outputs.cols);
  }
};

constexpr MulticlassHead kMulticlassForm{};

}  // namespace

extern const HeadEntry kMulticlassHead;
const HeadEntry kMulticlassHead = {
    "multiclass",
    "one of several classes; a network puts out a logit for each",
    {.has_classes = true,
     .one_class = true,
     .storage = LabelStorage::kCodes,
     .default_loss = "cross-entropy",
     .main_metric = "accuracy"},
    kMulticlassForm};

}  // namespace mtlkit
