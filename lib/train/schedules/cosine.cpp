#include <algorithm>
#include <cmath>
#include <numbers>

#include "train/schedule.h"

namespace mtlkit {
namespace {

struct CosineOptions : WarmUpOptions {
  double floor = 0;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("floor", floor, "smallest rate, as a part of the first",
          Between(0, 1));
  }
};

// f + (rate - f) (1 + cos(pi part)) / 2, `part` being how much of the steps
// after the rise lies behind and f the floor. Loshchilov and Hutter, "SGDR:
// stochastic gradient descent with warm restarts" (2017), without restarts.
class CosineSchedule : public Schedule {
 public:
  CosineSchedule(const ScheduleArgs& args, const CosineOptions& options)
      : Schedule(args, options), floor_(options.floor * args.rate) {}

 private:
  double RateAfterRise(double t) const override {
    const double steps = total() - warm_up();
    const double part =
        steps > 0 ? std::min(t - warm_up(), steps) / steps : 1.0;
    return floor_ +
           (rate() - floor_) * (1 + std::cos(std::numbers::pi * part)) / 2;
  }

  double floor_;
};

}  // namespace

extern const ScheduleEntry kCosineSchedule;
const ScheduleEntry kCosineSchedule = MakeEntry<CosineSchedule, CosineOptions>(
    "cosine", "the rate falls along half a cosine to the last epoch");

}  // namespace mtlkit
