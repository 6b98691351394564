#include <cmath>

#include "base/error.h"
#include "train/schedule.h"

namespace mtlkit {
namespace {

struct StepScheduleOptions : WarmUpOptions {
  double every = 10;
  double factor = 0.1;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("every", every, "epochs between falls", MoreThan(0));
    field("factor", factor, "what a fall multiplies the rate by",
          Between(0, 1));
  }
};

// rate factor^k after k times `every` epochs, those of the rise included.
class StepSchedule : public Schedule {
 public:
  StepSchedule(const ScheduleArgs& args, const StepScheduleOptions& options)
      : Schedule(args, options),
        every_(options.every * steps_per_epoch()),
        factor_(options.factor) {
    const bool is_usual = options.every == StepScheduleOptions{}.every;
    Require(is_usual || every_ < total(), ErrorKind::kUsage,
            Str("every=", options.every,
                " has no effect: training ends with epoch ",
                total() / steps_per_epoch()),
            "let it fall more often, or give more --epochs");
  }

 private:
  double RateAfterRise(double t) const override {
    return rate() * std::pow(factor_, std::floor(t / every_));
  }

  double every_;  // steps
  double factor_;
};

}  // namespace

extern const ScheduleEntry kStepSchedule;
const ScheduleEntry kStepSchedule =
    MakeEntry<StepSchedule, StepScheduleOptions>(
        "step", "the rate falls by a factor every few epochs");

}  // namespace mtlkit
