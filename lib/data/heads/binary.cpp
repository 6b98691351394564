#include "data/heads/class_head.h"
#include "data/heads/sigmoid_link.h"

namespace mtlkit {
namespace {

// One logit: of the second class, the positive one.
class BinaryHead final : public SigmoidLink<ClassHead> {
 public:
  std::string Fault(const Task& task) const override {
    if (task.classes.size() == 2) return "";
    return Str(" is binary and has ", task.classes.size(), " classes");
  }
  std::string Describe(const Task& task) const override {
    return Str("binary, positive '", task.classes[1], "', negative '",
               task.classes[0], "'");
  }

  Index output_cols(const Task& /*task*/) const override { return 1; }
  std::string PredictionSuffix(const Task& /*task*/,
                               Index /*col*/) const override {
    return ".prob";
  }

  Index PredictedClass(std::span<const float> row) const override {
    return row[0] > 0.5F ? 1 : 0;
  }
  Index PredictedClass(std::span<const double> row) const override {
    return row[0] > 0.5 ? 1 : 0;
  }
  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    const auto positive = static_cast<double>(from[0]);
    to[0] = order[1] == 1 ? positive : 1.0 - positive;
  }

  std::vector<std::vector<double>> ConstantPredictions(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{constants[1]}};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{static_cast<Real>(LogOfShare(constants[1]) -
                               LogOfShare(constants[0]))}};
  }
};

constexpr BinaryHead kBinaryForm{};

}  // namespace

extern const HeadEntry kBinaryHead;
const HeadEntry kBinaryHead = {"binary",
                               "one of two classes; a network puts out the "
                               "logit of the second, the positive one",
                               {.has_classes = true,
                                .one_class = true,
                                .has_positive = true,
                                .storage = LabelStorage::kFlags,
                                .default_loss = "binary-cross-entropy",
                                .main_metric = "roc-auc"},
                               kBinaryForm};

}  // namespace mtlkit
