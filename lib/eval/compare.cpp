#include "eval/compare.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

// What the gain of one model over another is made of: tasks with both errors,
// and a unit for each. One task alone needs none, since it cancels.
struct GainTasks {
  std::vector<std::size_t> tasks;
  std::vector<ErrorUnit> units;
  std::vector<LeftOutTask> left_out;
};

double ErrorOfConstant(const MetricResult& result) {
  return MetricError(*result.metric, result.constant);
}

// Why a task has no part; "" if it has one.
std::string WhyUndefined(const Evaluation& evaluation, const TaskResult& task,
                         std::size_t model) {
  const MetricResult& result = task.metrics.front();
  if (task.labelled == 0) return "no label";
  for (const Index i : {evaluation.baseline, static_cast<Index>(model)}) {
    if (i < 0) continue;
    if (!task.predicted[At(i)]) {
      return Str("not predicted by '", evaluation.models[At(i)], "'");
    }
    if (std::isnan(result.models[At(i)].value)) {
      return Str(result.metric->label, " is undefined");
    }
  }
  return "";
}

GainTasks ChooseGainTasks(const Evaluation& evaluation, std::size_t model) {
  const std::vector<TaskResult>& tasks = evaluation.tasks;
  GainTasks chosen;
  std::vector<std::size_t> defined;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].is_part) continue;
    std::string why = WhyUndefined(evaluation, tasks[t], model);
    if (why.empty()) {
      defined.push_back(t);
    } else {
      chosen.left_out.push_back({tasks[t].task.name, std::move(why)});
    }
  }
  const bool needs_units = defined.size() > 1 || evaluation.baseline < 0;
  for (const std::size_t t : defined) {
    const double unit = ErrorOfConstant(tasks[t].metrics.front());
    if (needs_units && !(unit > 0)) {
      chosen.left_out.push_back(
          {tasks[t].task.name, std::isnan(unit)
                                   ? "the error of a constant is not known"
                                   : "a constant makes no error"});
      continue;
    }
    chosen.tasks.push_back(t);
    chosen.units.push_back(
        {needs_units ? unit : 1, tasks[t].metrics.front().metric->is_root});
  }
  return chosen;
}

}  // namespace

Gain GainOf(const Evaluation& evaluation, const Summary& summary,
            std::size_t model) {
  const Index baseline = evaluation.baseline;
  GainTasks chosen = ChooseGainTasks(evaluation, model);
  double labelled = 0;
  for (const std::size_t t : chosen.tasks) {
    const TaskResult& task = evaluation.tasks[t];
    labelled += static_cast<double>(task.counted());
  }
  const auto count = static_cast<double>(chosen.tasks.size());
  Gain gain;
  std::vector<ErrorPair> errors(chosen.tasks.size());
  gain.log_ratio = summary.Student(
      {evaluation.level, labelled / count,
       std::min(labelled, static_cast<double>(evaluation.rows))},
      [&](const RecipeValues& values) {
        for (std::size_t i = 0; i < errors.size(); ++i) {
          const std::size_t t = chosen.tasks[i];
          const MetricEntry& entry = *evaluation.tasks[t].metrics[0].metric;
          errors[i] = {baseline < 0
                           ? chosen.units[i].size
                           : MetricError(entry, values.Of(t, 0, At(baseline))),
                       MetricError(entry, values.Of(t, 0, model))};
        }
        return LogErrorRatio(errors, chosen.units);
      });
  gain.tasks = static_cast<Index>(chosen.tasks.size());
  gain.left_out = std::move(chosen.left_out);
  for (const TaskResult& task : evaluation.tasks) {
    if (baseline < 0 || task.is_part) continue;
    const Verdict verdict = task.metrics.front().verdicts[model];
    gain.wins += verdict == Verdict::kWin;
    gain.ties += verdict == Verdict::kTie;
    gain.losses += verdict == Verdict::kLoss;
  }
  return gain;
}

}  // namespace mtlkit
