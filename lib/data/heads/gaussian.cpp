#include "data/heads/gaussian.h"

#include "data/heads/merge_members.h"
#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// For each target column the mean and the log of the variance, beside each
// other; predictions are the mean and the standard deviation.
class GaussianHead final : public NumberHead {
 public:
  std::string Fault(const Task& task) const override {
    if (!task.curves.empty()) {
      return Str(" has a normal distribution, and the target transform '",
                 task.curves[0].name, "' before it");
    }
    return NumberHead::Fault(task);
  }
  Index output_cols(const Task& task) const override { return 2 * task.width; }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return Str(LabelSuffix(task, col / 2), col % 2 == 0 ? "" : ":deviation");
  }

  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    ToDeviations(outputs, predictions);
    if (task.mean.empty()) return;
    for (Index i = 0; i < predictions.size(); ++i) {
      const std::size_t k = At(i % predictions.cols / 2);
      const double shift = i % 2 == 0 ? task.mean[k] : 0;
      predictions.data[i] = static_cast<Real>(
          static_cast<double>(predictions.data[i]) * task.deviation[k] + shift);
    }
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    ToDeviations(outputs, targets);
  }
  void TargetsOf(const Task& task, ConstMatView predictions,
                 MatView targets) const override {
    Copy(predictions, targets);
    if (task.mean.empty()) return;
    for (Index i = 0; i < targets.size(); ++i) {
      const std::size_t k = At(i % targets.cols / 2);
      const double shift = i % 2 == 0 ? task.mean[k] : 0;
      targets.data[i] = static_cast<Real>(
          (static_cast<double>(targets.data[i]) - shift) / task.deviation[k]);
    }
  }
  const OutputDistance& distance() const override { return GaussianDistance(); }

  // The mean of the means, and that of the deviations.
  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    const Index members = MembersOf(outputs, merged);
    for (Index row = 0; row < merged.rows; ++row) {
      for (Index col = 0; col < merged.cols; col += 2) {
        double means = 0;
        double deviations = 0;
        for (Index m = row * members; m < (row + 1) * members; ++m) {
          const GaussianOutput said = OutputOf(outputs.Row(m) + col);
          means += said.mean;
          deviations += said.deviation();
        }
        const auto all = static_cast<double>(members);
        merged(row, col) = static_cast<Real>(means / all);
        merged(row, col + 1) =
            static_cast<Real>(2 * std::log(deviations / all));
      }
    }
  }

  // What a regression has, and the deviations.
  Index constant_count(const Task& task) const override {
    return 3 * task.width;
  }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> columns) const override {
    std::vector<double> constants = MeansAndMedians(columns);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      double squares = 0;
      double weight = 0;
      for (const WeightedLabel& label : columns[k]) {
        const double apart = label.value - constants[k];
        squares += label.weight * apart * apart;
        weight += label.weight;
      }
      constants.push_back(weight > 0 ? std::sqrt(squares / weight) : 0);
    }
    return constants;
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    const std::size_t width = At(task.width);
    std::vector<double> row;
    for (std::size_t k = 0; k < width; ++k) {
      row.push_back(constants[k]);
      row.push_back(std::max(constants[2 * width + k], Least(task, k)));
    }
    return {row};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    const std::vector<double> said = ConstantPredictions(task, constants)[0];
    std::vector<Real> row;
    for (std::size_t k = 0; k < At(task.width); ++k) {
      const double unit = Unit(task, k);
      const double mean = task.mean.empty() ? 0 : task.mean[k];
      row.push_back(static_cast<Real>((said[2 * k] - mean) / unit));
      row.push_back(static_cast<Real>(2 * std::log(said[2 * k + 1] / unit)));
    }
    return {row};
  }

 private:
  static double Unit(const Task& task, std::size_t k) {
    return task.deviation.empty() ? 1 : task.deviation[k];
  }
  // The least deviation of a column, in the units of the labels.
  static double Least(const Task& task, std::size_t k) {
    return std::sqrt(GaussianOutput::kLeastVariance) * Unit(task, k);
  }
  static GaussianOutput OutputOf(const Real* cell) {
    return {static_cast<double>(cell[0]), static_cast<double>(cell[1])};
  }
  static void ToDeviations(ConstMatView outputs, MatView values) {
    Copy(outputs, values);
    for (Index i = 0; i < values.size(); i += 2) {
      values.data[i + 1] =
          static_cast<Real>(OutputOf(values.data + i).deviation());
    }
  }
};

constexpr GaussianHead kGaussianForm{};

}  // namespace

extern const HeadEntry kGaussianHead;
const HeadEntry kGaussianHead = {
    "gaussian",
    "mean and standard deviation of a regression, as the loss gaussian-nll "
    "asks for; a network puts out the mean and the log of the variance",
    {.is_type = false,
     .default_loss = "gaussian-nll",
     .main_metric = "crps",
     .predictions_per_column = 2,
     .has_deviation = true},
    kGaussianForm};

}  // namespace mtlkit
