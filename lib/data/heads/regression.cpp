#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// One output for each column: the value itself.
class RegressionHead final : public NumberHead {
 public:
  Index output_cols(const Task& task) const override { return task.width; }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return LabelSuffix(task, col);
  }
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    Copy(outputs, predictions);
    ToUnits(task, 1, predictions);
  }

  Index constant_count(const Task& task) const override {
    return 2 * task.width;
  }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> columns) const override {
    return MeansAndMedians(columns);
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    const auto means = constants.first(At(task.width));
    const auto medians = constants.last(means.size());
    return {{means.begin(), means.end()}, {medians.begin(), medians.end()}};
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
