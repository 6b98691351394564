#include "eval/result.h"

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

}  // namespace mtlkit
