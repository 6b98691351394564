#include <cmath>

#include "train/schedule.h"

namespace mtlkit {
namespace {

struct ExponentialOptions : WarmUpOptions {
  double factor = 0.95;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("factor", factor, "what an epoch multiplies the rate by",
          Between(0, 1));
  }
};

// rate factor^epochs, step by step, those of the rise left out.
class ExponentialSchedule : public Schedule {
 public:
  ExponentialSchedule(const ScheduleArgs& args,
                      const ExponentialOptions& options)
      : Schedule(args, options), factor_(options.factor) {}

 private:
  double RateAfterRise(double t) const override {
    return rate() * std::pow(factor_, (t - warm_up()) / steps_per_epoch());
  }

  double factor_;
};

}  // namespace

extern const ScheduleEntry kExponentialSchedule;
const ScheduleEntry kExponentialSchedule =
    MakeEntry<ExponentialSchedule, ExponentialOptions>(
        "exponential", "the rate falls by a factor an epoch, step by step");

}  // namespace mtlkit
