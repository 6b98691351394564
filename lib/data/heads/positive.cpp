#include "data/heads/log_mean.h"
#include "data/heads/merge_members.h"
#include "data/heads/value_head.h"

namespace mtlkit {
namespace {

// What has a log in place of a constant of 0.
constexpr double kLeast = 1e-7;

// One output for each column: the log of the mean, which is counted in
// Task::deviation and has nothing taken off (Task::mean is 0).
class PositiveHead final : public ValueHead {
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
    return ValueHead::Fault(task);
  }
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    Exponentials(outputs, predictions);
    if (task.deviation.empty()) return;
    for (Index i = 0; i < predictions.size(); ++i) {
      predictions.data[i] =
          static_cast<Real>(static_cast<double>(predictions.data[i]) *
                            task.deviation[At(i % predictions.cols)]);
    }
  }

  // The means: linear in predictions, which they are.
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    Exponentials(outputs, targets);
  }
  const OutputDistance& distance() const override { return RateDistance(); }

  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    MergeCells(
        outputs, merged,
        [](double z) { return std::exp(std::min(z, SafeExp::kMost)); },
        [](double sum, double members) { return LogOfMean(sum / members); });
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    const auto means = constants.first(At(task.width));
    return {Logs(task, means), Logs(task, constants.last(means.size()))};
  }

 private:
  static void Exponentials(ConstMatView outputs, MatView values) {
    assert(outputs.rows == values.rows && outputs.cols == values.cols);
    constexpr auto kMost = static_cast<Real>(SafeExp::kMost);
    for (Index i = 0; i < outputs.size(); ++i) {
      values.data[i] = std::exp(std::min(outputs.data[i], kMost));
    }
  }

  static std::vector<Real> Logs(const Task& task,
                                std::span<const double> values) {
    std::vector<Real> logs;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double unit = task.deviation.empty() ? 1 : task.deviation[i];
      logs.push_back(
          static_cast<Real>(std::log(std::max(values[i] / unit, kLeast))));
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
     .least_label = 0,
     .default_loss = "poisson",
     .main_metric = "rmse"},
    kPositiveForm};

}  // namespace mtlkit
