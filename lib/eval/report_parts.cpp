#include "eval/report_parts.h"

#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Below so many rows a bootstrap sees too little of the tails.
constexpr Index kFewRows = 30;
constexpr std::size_t kShownTasks = 5;

// "income, age and 12 more".
std::string SomeOf(std::vector<std::string> names) {
  const std::size_t all = names.size();
  if (all <= kShownTasks) return Join(names, ", ");
  names.resize(kShownTasks);
  return Str(Join(names, ", "), " and ", all - kShownTasks, " more");
}

std::string SeedsText(const Evaluation& evaluation) {
  if (!evaluation.any_seeds()) return "";
  std::vector<std::string> several;
  std::vector<std::string> single;
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    const std::string name = ModelName(evaluation, i);
    if (evaluation.seeds[i] > 1) {
      several.push_back(Str(name, " ", evaluation.seeds[i]));
    } else {
      single.push_back(name);
    }
  }
  std::string text = Str("means over seeds: ", Join(several, ", "));
  if (evaluation.draws > 0) text += "; intervals are over rows and seeds";
  if (!single.empty()) {
    text += Str("; of ", Join(single, ", "),
                " there is one seed, whose chance is not in them");
  }
  return text + "\n";
}

std::string FewRowsText(const Evaluation& evaluation) {
  std::vector<std::string> few;
  for (const TaskResult& task : evaluation.tasks) {
    const bool is_few = task.counted() > 1 && task.counted() < kFewRows;
    if (is_few) few.push_back(VisibleText(task.task.name));
  }
  if (few.empty()) return "";
  return Str("intervals of fewer than ", kFewRows,
             " rows are rough, and may be too narrow: ", SomeOf(std::move(few)),
             "\n");
}

// Of many true zeros some intervals lie beside 0 all the same.
std::string ManyText(const Evaluation& evaluation) {
  const Index compared = evaluation.compared();
  const double chance = static_cast<double>(compared) * (1 - evaluation.level);
  if (chance < 1 - 1e-9) return "";
  Index without = 0;
  for (const TaskResult& task : evaluation.tasks) {
    for (const MetricResult& result : task.metrics) {
      for (std::size_t i = 0; i < result.verdicts.size(); ++i) {
        without +=
            IsCompared(evaluation, i) && (result.verdicts[i] == Verdict::kWin ||
                                          result.verdicts[i] == Verdict::kLoss);
      }
    }
  }
  return Str("of ", compared, " differences ", without,
             " have an interval without 0; were all models alike, about ",
             std::lround(chance), " would have one by chance\n");
}

}  // namespace

std::string IntervalNotes(const Evaluation& evaluation) {
  std::string text = SeedsText(evaluation);
  if (evaluation.draws == 0) return text;
  return text + FewRowsText(evaluation) + ManyText(evaluation);
}

std::string ModelName(const Evaluation& evaluation, std::size_t model) {
  return VisibleText(evaluation.models[model]);
}

bool IsCompared(const Evaluation& evaluation, std::size_t model) {
  return evaluation.baseline >= 0 &&
         static_cast<Index>(model) != evaluation.baseline;
}

bool HasGains(const Evaluation& evaluation) {
  return evaluation.baseline >= 0 ||
         (evaluation.task_count() > 1 && !evaluation.over_constants.empty());
}

bool HasGain(const Evaluation& evaluation, std::size_t model) {
  return evaluation.baseline < 0 ? HasGains(evaluation)
                                 : IsCompared(evaluation, model);
}

const Gain& GainShown(const Evaluation& evaluation, std::size_t model) {
  return evaluation.baseline < 0 ? evaluation.over_constants[model]
                                 : evaluation.gains[model];
}

std::string GainBase(const Evaluation& evaluation) {
  return evaluation.baseline < 0 ? "constants"
                                 : evaluation.models[At(evaluation.baseline)];
}

std::string TasksOf(const Evaluation& evaluation, const Gain& gain) {
  const Index all = evaluation.task_count();
  if (gain.tasks == all) return Counted(all, "task", "tasks");
  return Str(gain.tasks, " of ", Counted(all, "task", "tasks"));
}

}  // namespace mtlkit
