#include "data/heads/value_head.h"

namespace mtlkit {
namespace {

// One output for each column: the value itself.
class RegressionHead final : public ValueHead {
 public:
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    Copy(outputs, predictions);
    ToUnits(task, 1, predictions);
  }
  bool merges() const override { return true; }
  void Merge(const Task& task, ConstMatView outputs,
             MatView merged) const override {
    if (task.curves.empty()) return MergeValues(outputs, merged);
    MergeInUnits(task, 1, outputs, merged);
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    const auto means = constants.first(At(task.width));
    return {Normalised(task, 1, means),
            Normalised(task, 1, constants.last(means.size()))};
  }
};

constexpr RegressionHead kRegressionForm{};

}  // namespace

extern const HeadEntry kRegressionHead;
const HeadEntry kRegressionHead = {
    "regression",
    "numbers; a network puts out the value",
    {.default_loss = "squared", .main_metric = "rmse"},
    kRegressionForm};

}  // namespace mtlkit
