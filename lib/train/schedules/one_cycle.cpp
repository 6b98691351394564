#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/error.h"
#include "train/schedule.h"

namespace mtlkit {
namespace {

struct OneCycleOptions {
  double part_up = 0.3;
  double divide = 25;
  double final_divide = 1e4;
  std::string curve = "cos";
  bool three_phases = false;

  void Describe(Fields& field) {
    field("part-up", part_up, "part of the steps before the top",
          Between(0, 1));
    field("divide", divide, "the top is so much higher than the beginning",
          AtLeast(1));
    field("final-divide", final_divide,
          "the beginning is so much higher than the end", AtLeast(1));
    field("curve", curve, "half a cosine, or a line", {"cos", "linear"});
    field("three-phases", three_phases,
          "back to the beginning in as many steps, then to the end");
  }
};

// From rate / divide up to the rate at step part_up steps - 1, then down to
// rate / divide / final_divide at the last step; with three phases first down
// to rate / divide at step 2 part_up steps - 2. Smith and Topin,
// "Super-convergence: very fast training of neural networks using large
// learning rates" (2018), as in PyTorch; momentum stays as it is.
class OneCycleSchedule : public Schedule {
 public:
  OneCycleSchedule(const ScheduleArgs& args, const OneCycleOptions& options)
      : Schedule(args, WarmUpOptions{}), options_(options) {
    Require(!options.three_phases || options.part_up <= 0.5, ErrorKind::kUsage,
            Str("three-phases with part-up=", options.part_up,
                ": the way back takes as many steps as the way up, more than "
                "are left"),
            "let part-up be 0.5 at most");
  }

 private:
  double RateAfterRise(double t) const override {
    const double low = rate() / options_.divide;
    const double end = low / options_.final_divide;
    const double last = std::max(total() - 1, 1.0);
    const double top = options_.part_up * total() - 1;
    if (t <= top) return Along(low, rate(), t / std::max(top, 1.0));
    if (!options_.three_phases) {
      return Along(rate(), end, (t - top) / (last - top));
    }
    const double back = 2 * options_.part_up * total() - 2;
    if (t <= back) return Along(rate(), low, (t - top) / (back - top));
    return Along(low, end, (t - back) / (last - back));
  }

  double Along(double from, double to, double part) const {
    part = std::clamp(part, 0.0, 1.0);
    if (options_.curve == "linear") return from + (to - from) * part;
    return to + (from - to) * (1 + std::cos(std::numbers::pi * part)) / 2;
  }

  OneCycleOptions options_;
};

}  // namespace

extern const ScheduleEntry kOneCycleSchedule;
const ScheduleEntry kOneCycleSchedule =
    MakeEntry<OneCycleSchedule, OneCycleOptions>(
        "one-cycle",
        "the rate rises from low and falls lower (Smith and Topin "
        "2018)");

}  // namespace mtlkit
