#include "eval/result.h"

namespace mtlkit {

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
