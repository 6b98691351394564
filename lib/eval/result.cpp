#include "eval/result.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {

std::string_view PartsName(TaskType type) {
  if (!type.traits().has_classes) return "columns";
  return type.traits().one_class ? "classes" : "labels";
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWin:
      return "win";
    case Verdict::kTie:
      return "tie";
    case Verdict::kLoss:
      return "loss";
    case Verdict::kUndefined:
      break;
  }
  return "undefined";
}

std::string NoIntervalText(NoInterval why, Index rows) {
  switch (why) {
    case NoInterval::kNone:
      break;
    case NoInterval::kUndefined:
      return "the value is undefined";
    case NoInterval::kOneRow:
      return Counted(rows, "row", "rows");
    case NoInterval::kFewDraws:
      return Str("undefined in most draws of ", Counted(rows, "row", "rows"));
    case NoInterval::kInfinite:
      return Str("a model makes no error in many draws of ",
                 Counted(rows, "row", "rows"));
  }
  return "";
}

bool Evaluation::any_seeds() const {
  return std::ranges::any_of(seeds, [](Index count) { return count > 1; });
}

Index Evaluation::task_count() const {
  return std::ranges::count(tasks, false, &TaskResult::is_part);
}

Index Evaluation::compared() const {
  Index count = 0;
  for (const TaskResult& task : tasks) {
    for (const MetricResult& result : task.metrics) {
      for (std::size_t i = 0; i < result.differences.size(); ++i) {
        if (static_cast<Index>(i) == baseline) continue;
        count += result.verdicts[i] != Verdict::kUndefined;
      }
    }
  }
  return count;
}

}  // namespace mtlkit
