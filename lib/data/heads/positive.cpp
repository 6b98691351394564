#include "data/heads/log_mean.h"

#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// The largest output whose exponential single precision holds.
constexpr Real kMostOutput = 88;

// What has a log in place of a constant of 0.
constexpr double kLeast = 1e-7;

// One output for each column: the log of the mean, in the labels' own units.
class PositiveHead final : public NumberHead {
 public:
  Index output_cols(const Task& task) const override { return task.width; }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return LabelSuffix(task, col);
  }
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    assert(outputs.rows == predictions.rows);
    assert(outputs.cols == predictions.cols);
    for (Index i = 0; i < outputs.size(); ++i) {
      predictions.data[i] = std::exp(std::min(outputs.data[i], kMostOutput));
    }
  }

  // The means: linear in predictions, which they are.
  void SoftTargets(const Task& task, ConstMatView outputs,
                   MatView targets) const override {
    Link(task, outputs, targets);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    Copy(predictions, targets);
  }
  const OutputDistance& distance() const override { return RateDistance(); }

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
    return {Logs(means), Logs(constants.last(means.size()))};
  }

 private:
  static std::vector<Real> Logs(std::span<const double> values) {
    std::vector<Real> logs;
    for (const double value : values) {
      logs.push_back(static_cast<Real>(std::log(std::max(value, kLeast))));
    }
    return logs;
  }
};

constexpr PositiveHead kPositiveForm{};

}  // namespace

extern const HeadEntry kPositiveHead;
const HeadEntry kPositiveHead = {
    "positive",
    "the mean of a regression whose labels are not negative; a network puts "
    "out its log, as the losses poisson, gamma and tweedie ask for",
    {.is_type = false,
     .scales_labels = false,
     .least_label = 0,
     .default_loss = "poisson",
     .main_metric = "rmse"},
    kPositiveForm};

}  // namespace mtlkit
