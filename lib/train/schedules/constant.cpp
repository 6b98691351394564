#include "train/schedule.h"

namespace mtlkit {
namespace {

class ConstantSchedule : public Schedule {
 public:
  ConstantSchedule(const ScheduleArgs& args, const WarmUpOptions& options)
      : Schedule(args, options) {}

 private:
  double RateAfterRise(double /*t*/) const override { return rate(); }
};

}  // namespace

extern const ScheduleEntry kConstantSchedule;
const ScheduleEntry kConstantSchedule =
    MakeEntry<ConstantSchedule, WarmUpOptions>("constant",
                                               "the rate stays as it is");

}  // namespace mtlkit
