#include "train/schedule.h"

#include <algorithm>

#include "base/error.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ScheduleEntries
#define MTLKIT_REGISTRY_ENTRY ScheduleEntry
#define MTLKIT_REGISTRY_LIST "train/schedules.def"
#include "base/registry_list.inc"

std::unique_ptr<Schedule> MakeSchedule(const Choice& choice,
                                       const ScheduleArgs& args,
                                       const std::string& where) {
  return MakeChosen(ScheduleEntries(), "schedule", choice, where, args);
}

void Schedule::RequireRise() const {
  if (warm_up_ <= 0 || warm_up_ < total_) return;
  Fail(ErrorKind::kUsage,
       Str("warm-up=", warm_up_ / steps_per_epoch_,
           ": training ends with epoch ", total_ / steps_per_epoch_,
           ", before the rate has risen"),
       "let the rise be shorter, or give more --epochs");
}

double Schedule::Rate(Index step) const {
  const double t = static_cast<double>(step);
  if (t < warm_up_) return rate_ * std::min(1.0, (t + 1) / warm_up_);
  return RateAfterRise(t);
}

}  // namespace mtlkit
