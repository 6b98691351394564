#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "train/schedule.h"

namespace mtlkit {
namespace {

struct MultiStepOptions : WarmUpOptions {
  std::vector<double> at;
  double factor = 0.1;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("at", at,
          "epochs after which it falls; none: half and three quarters",
          MoreThan(0));
    field("factor", factor, "what a fall multiplies the rate by",
          Between(0, 1));
  }
};

// rate factor^k after k of the epochs `at`, those of the rise included.
class MultiStepSchedule : public Schedule {
 public:
  MultiStepSchedule(const ScheduleArgs& args, const MultiStepOptions& options)
      : Schedule(args, options), factor_(options.factor) {
    for (const double epoch : options.at) {
      steps_.push_back(epoch * steps_per_epoch());
    }
    for (const double step : steps_) {
      Require(step < total(), ErrorKind::kUsage,
              Str("at=", step / steps_per_epoch(),
                  " has no effect: training ends with epoch ",
                  total() / steps_per_epoch()),
              "name epochs before the last, or give more --epochs");
    }
    if (steps_.empty()) steps_ = {total() / 2, total() * 3 / 4};
  }

 private:
  double RateAfterRise(double t) const override {
    const auto falls = std::count_if(steps_.begin(), steps_.end(),
                                     [t](double step) { return step <= t; });
    return rate() * std::pow(factor_, static_cast<double>(falls));
  }

  std::vector<double> steps_;
  double factor_;
};

}  // namespace

extern const ScheduleEntry kMultiStepSchedule;
const ScheduleEntry kMultiStepSchedule =
    MakeEntry<MultiStepSchedule, MultiStepOptions>(
        "multi-step", "the rate falls by a factor after the epochs named");

}  // namespace mtlkit
