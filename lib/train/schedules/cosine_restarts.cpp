#include <cmath>
#include <numbers>

#include "train/schedule.h"

namespace mtlkit {
namespace {

struct CosineRestartsOptions : WarmUpOptions {
  double first = 10;
  double multiply = 2;
  double floor = 0;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("first", first, "epochs of the first period", MoreThan(0));
    field("multiply", multiply, "how much longer each is than that before it",
          AtLeast(1));
    field("floor", floor, "smallest rate, as a part of the first",
          Between(0, 1));
  }
};

// u steps into a period of T: f + (rate - f) (1 + cos(pi u / T)) / 2; periods
// are first, first multiply, first multiply^2, ... epochs after the rise.
// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts"
// (2017).
class CosineRestartsSchedule : public Schedule {
 public:
  CosineRestartsSchedule(const ScheduleArgs& args,
                         const CosineRestartsOptions& options)
      : Schedule(args, options),
        first_(options.first * steps_per_epoch()),
        multiply_(options.multiply),
        floor_(options.floor * args.rate) {}

 private:
  double RateAfterRise(double t) const override {
    double in_period = t - warm_up();
    double period = first_;
    if (multiply_ == 1) {
      in_period = std::fmod(in_period, period);
    } else {
      while (in_period >= period) {
        in_period -= period;
        period *= multiply_;
      }
    }
    return floor_ + (rate() - floor_) *
                        (1 + std::cos(std::numbers::pi * in_period / period)) /
                        2;
  }

  double first_;  // steps
  double multiply_;
  double floor_;
};

}  // namespace

extern const ScheduleEntry kCosineRestartsSchedule;
const ScheduleEntry kCosineRestartsSchedule =
    MakeEntry<CosineRestartsSchedule, CosineRestartsOptions>(
        "cosine-restarts",
        "half a cosine again and again, each time longer (Loshchilov and "
        "Hutter 2017)");

}  // namespace mtlkit
