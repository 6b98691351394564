#include "data/heads/ziln.h"

#include "data/heads/merge_members.h"
#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// What has a log in place of a constant of 0.
constexpr double kLeastMean = 1e-7;

double LogitOf(double share) {
  const double p = std::clamp(share, kLeastMean, 1 - kLeastMean);
  return std::log(p / (1 - p));
}

// For each target column the three outputs of data/heads/ziln.h, beside each
// other; predictions are the mean and the probability of more than 0.
class ZilnHead final : public NumberHead {
 public:
  std::string Fault(const Task& task) const override {
    if (!task.curves.empty()) {
      return Str(" has a log, and the target transform '", task.curves[0].name,
                 "' before it");
    }
    for (const double mean : task.mean) {
      if (mean != 0)
        return Str(" has a log, and a mean of ", mean, " before it");
    }
    return NumberHead::Fault(task);
  }
  Index output_cols(const Task& task) const override {
    return ZilnOutput::kCols * task.width;
  }
  Index prediction_cols(const Task& task) const override {
    return 2 * task.width;
  }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    return Str(LabelSuffix(task, col / 2), col % 2 == 0 ? "" : ":positive");
  }

  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    for (Index row = 0; row < outputs.rows; ++row) {
      for (Index k = 0; k < task.width; ++k) {
        const ZilnOutput said(outputs.Row(row) + ZilnOutput::kCols * k);
        predictions(row, 2 * k) =
            static_cast<Real>(said.mean() * Unit(task, At(k)));
        predictions(row, 2 * k + 1) = static_cast<Real>(said.probability());
      }
    }
  }
  void SoftTargets(const Task& task, ConstMatView outputs,
                   MatView targets) const override {
    for (Index row = 0; row < outputs.rows; ++row) {
      for (Index k = 0; k < task.width; ++k) {
        const ZilnOutput said(outputs.Row(row) + ZilnOutput::kCols * k);
        SetTarget(said.probability(), said.mean(), targets, row, k);
      }
    }
  }
  void TargetsOf(const Task& task, ConstMatView predictions,
                 MatView targets) const override {
    for (Index row = 0; row < predictions.rows; ++row) {
      for (Index k = 0; k < task.width; ++k) {
        const auto mean = static_cast<double>(predictions(row, 2 * k));
        SetTarget(static_cast<double>(predictions(row, 2 * k + 1)),
                  mean / Unit(task, At(k)), targets, row, k);
      }
    }
  }
  const OutputDistance& distance() const override { return ZilnDistance(); }

  // The means of the members' means and probabilities; sigma is 1.
  bool merges() const override { return true; }
  void Merge(const Task& task, ConstMatView outputs,
             MatView merged) const override {
    const Index members = MembersOf(outputs, merged);
    for (Index row = 0; row < merged.rows; ++row) {
      for (Index k = 0; k < task.width; ++k) {
        double yes = 0;
        double no = 0;
        double means = 0;
        for (Index m = row * members; m < (row + 1) * members; ++m) {
          const ZilnOutput said(outputs.Row(m) + ZilnOutput::kCols * k);
          yes += YesOfLogit(said.logit);
          no += YesOfLogit(-said.logit);
          means += said.mean();
        }
        Real* cell = merged.Row(row) + ZilnOutput::kCols * k;
        cell[0] = static_cast<Real>(LogOfMean(yes) - LogOfMean(no));
        SetMean(means / static_cast<double>(members), 1, cell);
      }
    }
  }

  // What a regression has, the shares of labels above 0, and the deviations of
  // their logs.
  Index constant_count(const Task& task) const override {
    return 4 * task.width;
  }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> columns) const override {
    std::vector<double> constants = MeansAndMedians(columns);
    std::vector<double> deviations;
    for (const WeightedLabels& labels : columns) {
      double all = 0;
      double above = 0;
      double first = 0;
      double second = 0;
      for (const WeightedLabel& label : labels) {
        all += label.weight;
        if (!(label.value > 0)) continue;
        const double log = std::log(label.value);
        above += label.weight;
        first += label.weight * log;
        second += label.weight * log * log;
      }
      constants.push_back(all > 0 ? above / all : 0);
      const double mean = above > 0 ? first / above : 0;
      const double square = above > 0 ? second / above - mean * mean : 0;
      deviations.push_back(std::sqrt(std::max(square, 0.0)));
    }
    constants.insert(constants.end(), deviations.begin(), deviations.end());
    return constants;
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    const std::size_t width = At(task.width);
    std::vector<double> row;
    for (std::size_t k = 0; k < width; ++k) {
      row.push_back(constants[k]);
      row.push_back(constants[2 * width + k]);
    }
    return {row};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    const std::size_t width = At(task.width);
    std::vector<Real> row(At(output_cols(task)));
    for (std::size_t k = 0; k < width; ++k) {
      Real* cell = row.data() + At(ZilnOutput::kCols) * k;
      cell[0] = static_cast<Real>(LogitOf(constants[2 * width + k]));
      SetMean(constants[k] / Unit(task, k), constants[3 * width + k], cell);
    }
    return {row};
  }

 private:
  static double Unit(const Task& task, std::size_t k) {
    return task.deviation.empty() ? 1 : task.deviation[k];
  }
  static void SetTarget(double probability, double mean, MatView targets,
                        Index row, Index k) {
    Real* cell = targets.Row(row) + ZilnOutput::kCols * k;
    cell[0] = static_cast<Real>(probability);
    cell[1] = static_cast<Real>(mean);
    cell[2] = 0;
  }
  // Sets mu and sigma so that the mean is this, the logit being set.
  static void SetMean(double mean, double sigma, Real* cell) {
    const double least = std::max(sigma, 2 * ZilnOutput::kLeastSigma);
    cell[1] = 0;
    cell[2] = static_cast<Real>(std::log(std::expm1(least)));
    cell[1] = static_cast<Real>(LogOfMean(std::max(mean, kLeastMean)) -
                                ZilnOutput(cell).log_mean());
  }
};

constexpr ZilnHead kZilnForm{};

}  // namespace

extern const HeadEntry kZilnHead;
const HeadEntry kZilnHead = {
    "ziln",
    "mean and probability of more than 0 of a regression whose labels are not "
    "negative and often 0, as the loss ziln asks for; a network puts out "
    "logit, mu and sigma",
    {.is_type = false,
     .least_label = 0,
     .default_loss = "ziln",
     .main_metric = "rmse",
     .predictions_per_column = 2},
    kZilnForm};

}  // namespace mtlkit
