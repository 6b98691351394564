#include "base/text.h"
#include "data/heads/class_head.h"
#include "data/heads/sigmoid_link.h"

namespace mtlkit {
namespace {

// A logit for each label, which is set or not.
class MultilabelHead final : public SigmoidLink<Head> {
 public:
  Index target_cols(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  Index label_count(const Task& /*task*/) const override { return 2; }
  std::string Fault(const Task& task) const override {
    return FaultOfClasses(task, 1);
  }
  std::string Describe(const Task& task) const override {
    return Counted(static_cast<Index>(task.classes.size()), "label", "labels");
  }
  std::string LabelSuffix(const Task& task, Index col) const override {
    return "." + task.classes[At(col)];
  }

  Index output_cols(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return ".prob." + task.classes[At(col)];
  }
  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    for (const Index at : order) {
      *to++ = static_cast<double>(from[At(at)]);
    }
  }

  // The share of the rows in which each label is set.
  Index constant_count(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> columns) const override {
    std::vector<double> constants;
    for (const WeightedLabels& labels : columns) {
      constants.push_back(MeanOf(labels));
    }
    return constants;
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{constants.begin(), constants.end()}};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    std::vector<Real> row;
    for (const double share : constants) {
      row.push_back(
          static_cast<Real>(LogOfShare(share) - LogOfShare(1 - share)));
    }
    return {row};
  }
};

constexpr MultilabelHead kMultilabelForm{};

}  // namespace

extern const HeadEntry kMultilabelHead;
const HeadEntry kMultilabelHead = {
    "multilabel",
    "labels of which any number is set; a network puts out a logit for each",
    {.has_classes = true,
     .storage = LabelStorage::kFlags,
     .default_loss = "multilabel-cross-entropy",
     .main_metric = "hamming-loss"},
    kMultilabelForm};

}  // namespace mtlkit
