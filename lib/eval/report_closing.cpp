// The lines below the table.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/split_names.h"
#include "eval/interval_text.h"
#include "eval/report_parts.h"

namespace mtlkit {
namespace {

// Tasks without a part in a gain, by reason, a line for each.
std::string LeftOut(const Evaluation& evaluation, std::size_t model) {
  std::vector<std::pair<std::string, std::string>> names_of_reason;
  const Gain& gain = GainShown(evaluation, model);
  for (const LeftOutTask& task : gain.left_out) {
    auto found = std::find_if(
        names_of_reason.begin(), names_of_reason.end(),
        [&task](const auto& entry) { return entry.first == task.reason; });
    if (found == names_of_reason.end()) {
      names_of_reason.emplace_back(task.reason, task.task);
    } else {
      found->second += ", " + task.task;
    }
  }
  std::string text;
  for (const auto& [reason, names] : names_of_reason) {
    text += Str("gain of ", ModelName(evaluation, model), " over ",
                TasksOf(evaluation, gain), "; without ", VisibleText(names),
                " (", reason, ")\n");
  }
  return text;
}

// Where a mean leaves parts out that are undefined.
std::string PartsLeftOut(const Evaluation& evaluation) {
  std::string text;
  for (const TaskResult& task : evaluation.tasks) {
    for (const MetricResult& result : task.metrics) {
      if (result.parts.defined == result.parts.all) continue;
      text += Str(VisibleText(task.task.name), ": ", result.metric->label,
                  " is the mean over ", result.parts.defined, " of ",
                  result.parts.all, " ", PartsName(task.task.type), "\n");
    }
  }
  return text;
}

// Whether rows count by weights, and which labels do not count.
std::string Weights(const Evaluation& evaluation) {
  bool weighted = false;
  std::string text;
  for (const TaskResult& task : evaluation.tasks) {
    weighted = weighted || task.weighted;
    if (!task.weighted || task.weightless == 0) continue;
    text += Str(text.empty() ? "; of weight 0: " : ", ", task.weightless,
                " labelled of ", VisibleText(task.task.name));
  }
  if (!weighted) return "";
  return Str("rows count by their weights (--no-weights: once)", text, "\n");
}

// What chose the weights of a model.
std::string SelectionOf(const Evaluation& evaluation, std::size_t model) {
  const std::string& split = evaluation.selected_on[model];
  if (split == kAllFolds) return "of a length chosen on folds of its rows";
  if (split == kHeldOutRows) {
    return "of a length chosen on rows held out of its own";
  }
  if (!split.empty()) {
    return Str("chosen on the split '", VisibleText(split), "'");
  }
  return evaluation.has_model[model]
             ? "of the last epoch: no split chose among epochs"
             : "of an unknown epoch: the predictions do not say which split "
               "chose it";
}

// One line where it is the same of all models, else one a model.
std::string Selection(const Evaluation& evaluation) {
  std::vector<std::string> selections;
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    selections.push_back(SelectionOf(evaluation, i));
  }
  const bool is_one =
      std::equal(selections.begin() + 1, selections.end(), selections.begin());
  if (is_one) return Str("weights ", selections.front(), "\n");
  std::string text;
  for (std::size_t i = 0; i < selections.size(); ++i) {
    text +=
        Str("weights of ", ModelName(evaluation, i), " ", selections[i], "\n");
  }
  return text;
}

// A gain over a baseline that has learned nothing says nothing.
std::string WorseThanConstants(const Evaluation& evaluation) {
  std::string names;
  for (const TaskResult& task : evaluation.tasks) {
    const MetricResult& result = task.metrics.front();
    for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
      const double margin = result.models[i].value - result.constant;
      // False of what is undefined.
      if (!(result.metric->up ? margin < 0 : margin > 0)) continue;
      names += Str(names.empty() ? "" : ", ", task.task.name, " of ",
                   evaluation.models[i]);
    }
  }
  if (names.empty()) return "";
  return Str("worse than the constant: ", VisibleText(names), "\n");
}

}  // namespace

std::string ClosingText(const Evaluation& evaluation) {
  std::string text;
  Index missing = 0;
  for (const TaskResult& task : evaluation.tasks) {
    if (!task.is_part) missing += task.missing;
  }
  if (missing > 0) {
    text += Str(Counted(missing, "label", "labels"),
                " missing, all tasks together\n");
  }
  text += Weights(evaluation) + PartsLeftOut(evaluation) +
          WithoutInterval(evaluation) + IntervalNotes(evaluation) +
          WorseThanConstants(evaluation);
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    if (HasGain(evaluation, i)) text += LeftOut(evaluation, i);
  }
  text += Selection(evaluation) + AdjustmentText(evaluation.adjustments);
  for (const std::string& warning : evaluation.warnings) {
    text += Str("warning: ", VisibleText(warning), "\n");
  }
  if (evaluation.baseline < 0) {
    text +=
        "no baseline: train one with `mtl-train --arch single`, predict, and "
        "give it with --against\n";
  }
  return text;
}

}  // namespace mtlkit
