#include <algorithm>
#include <cmath>

#include "train/schedule.h"

namespace mtlkit {
namespace {

struct PolynomialOptions : WarmUpOptions {
  double power = 1;
  double floor = 0;
  double hold = 0;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("power", power, "1: along a line; more: sooner", MoreThan(0));
    field("floor", floor, "smallest rate, as a part of the first",
          Between(0, 1));
    field("hold", hold, "part of the steps before it falls, the rise included",
          BelowFrom(0, 1));
  }
};

// f + (rate - f) (1 - part)^power, `part` being how much of the steps after the
// rise, or after those of `hold`, lies behind and f the floor.
class PolynomialSchedule : public Schedule {
 public:
  PolynomialSchedule(const ScheduleArgs& args, const PolynomialOptions& options)
      : Schedule(args, options),
        power_(options.power),
        floor_(options.floor * args.rate),
        begin_(std::max(warm_up(), options.hold * total())) {}

 private:
  double RateAfterRise(double t) const override {
    const double steps = total() - begin_;
    const double behind = std::clamp(t - begin_, 0.0, std::max(steps, 0.0));
    const double left = steps > 0 ? 1 - behind / steps : 0.0;
    return floor_ + (rate() - floor_) * std::pow(left, power_);
  }

  double power_;
  double floor_;
  double begin_;  // the first step that falls
};

}  // namespace

extern const ScheduleEntry kPolynomialSchedule;
const ScheduleEntry kPolynomialSchedule =
    MakeEntry<PolynomialSchedule, PolynomialOptions>(
        "polynomial", "the rate falls along a line, or a power of it");

}  // namespace mtlkit
