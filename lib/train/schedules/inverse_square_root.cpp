#include <algorithm>
#include <cmath>

#include "train/schedule.h"

namespace mtlkit {
namespace {

// rate sqrt(warm_up / s) in step s = t + 1 after the rise of warm_up steps (1
// if there is none). Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser
// and Polosukhin, "Attention is all you need" (2017), whose rate at the top is
// width^-0.5 warm_up^-0.5.
class InverseSquareRootSchedule : public Schedule {
 public:
  InverseSquareRootSchedule(const ScheduleArgs& args,
                            const WarmUpOptions& options)
      : Schedule(args, options) {}

 private:
  double RateAfterRise(double t) const override {
    return rate() * std::sqrt(std::max(warm_up(), 1.0) / (t + 1));
  }
};

}  // namespace

extern const ScheduleEntry kInverseSquareRootSchedule;
const ScheduleEntry kInverseSquareRootSchedule =
    MakeEntry<InverseSquareRootSchedule, WarmUpOptions>(
        "inverse-square-root",
        "the rate falls as one over the root of the steps (Vaswani et al. "
        "2017)");

}  // namespace mtlkit
