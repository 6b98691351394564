#include "eval/interval_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "eval/report_parts.h"

namespace mtlkit {
namespace {

// Names by reason, both in the order in which they come.
class NamesByReason {
 public:
  void Add(const std::string& name, NoInterval why, Index rows) {
    if (why == NoInterval::kNone || why == NoInterval::kUndefined) return;
    const std::string reason = NoIntervalText(why, rows);
    const auto found =
        std::find_if(names_.begin(), names_.end(),
                     [&](const auto& entry) { return entry.first == reason; });
    if (found == names_.end()) {
      names_.emplace_back(reason, name);
    } else {
      found->second += ", " + name;
    }
  }
  std::string Lines() const {
    std::string text;
    for (const auto& [reason, names] : names_) {
      text += Str("no interval: ", VisibleText(names), " (", reason, ")\n");
    }
    return text;
  }

 private:
  std::vector<std::pair<std::string, std::string>> names_;
};

}  // namespace

std::string WithoutInterval(const Evaluation& evaluation) {
  NamesByReason names;
  const bool compares = evaluation.baseline >= 0;
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    if (static_cast<Index>(i) == evaluation.baseline) continue;
    const std::string of_model =
        evaluation.models.size() > 1 ? " of " + evaluation.models[i] : "";
    for (const TaskResult& task : evaluation.tasks) {
      for (const MetricResult& result : task.metrics) {
        const Estimate& shown =
            compares ? result.differences[i] : result.models[i];
        const std::string metric =
            task.metrics.size() > 1 ? Str(" ", result.metric->label) : "";
        names.Add(task.task.name + metric + of_model, shown.why,
                  task.counted());
      }
    }
    if (!HasGain(evaluation, i)) continue;
    names.Add("the gain" + of_model, GainShown(evaluation, i).log_ratio.why,
              evaluation.rows);
  }
  return names.Lines();
}

}  // namespace mtlkit
