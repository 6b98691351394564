#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// One output: the log of the risk, in proportion to that of other rows (Cox
// 1972). Labels are a time and whether the event came then.
class SurvivalHead final : public NumberHead {
 public:
  std::string Fault(const Task& task) const override {
    if (task.width != 2) {
      return Str(" is survival and has ", task.width,
                 " columns in place of a time and an event");
    }
    if (!task.curves.empty()) return " is survival and has a target transform";
    return NumberHead::Fault(task);
  }
  std::string Describe(const Task& /*task*/) const override {
    return "survival";
  }
  std::string LabelSuffix(const Task& /*task*/, Index col) const override {
    return col == 0 ? ".time" : ".event";
  }

  Index output_cols(const Task& /*task*/) const override { return 1; }
  std::string PredictionSuffix(const Task& /*task*/,
                               Index /*col*/) const override {
    return ".risk";
  }
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    Copy(outputs, predictions);
  }
  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    MergeValues(outputs, merged);
  }

  // Only differences of logs of risks say something: 0 is as good as any.
  Index constant_count(const Task& /*task*/) const override { return 1; }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> /*columns*/) const override {
    return {0};
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{constants.begin(), constants.end()}};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    return {{static_cast<Real>(constants[0])}};
  }
};

constexpr SurvivalHead kSurvivalForm{};

}  // namespace

extern const HeadEntry kSurvivalHead;
const HeadEntry kSurvivalHead = {
    "survival",
    "a time, and whether the event came then (1) or was not seen until then "
    "(0); a network puts out the log of the risk",
    {.scales_labels = false,
     .least_label = 0,
     .default_loss = "cox",
     .main_metric = "concordance",
     .is_censored = true},
    kSurvivalForm};

}  // namespace mtlkit
