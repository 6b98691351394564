#include "eval/result.h"

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

}  // namespace mtlkit
