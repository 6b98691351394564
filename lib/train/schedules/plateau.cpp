#include "train/schedules/plateau.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "train/schedule.h"

namespace mtlkit {

void Plateau::Observe(double measure, State* state) const {
  const double sign = lower_better ? 1.0 : -1.0;
  const double margin = relative ? threshold * state->best : threshold;
  const bool better = !state->any ? !std::isnan(measure)
                                  : sign * (state->best - measure) > margin;
  if (better) {
    state->best = measure;
    state->any = true;
    state->bad = 0;
  } else {
    ++state->bad;
  }
  if (state->cooling > 0) {
    state->bad = 0;
    --state->cooling;
  }
  if (state->bad <= patience) return;
  const double lower = std::max(state->rate * factor, floor);
  if (state->rate - lower > smallest_change) state->rate = lower;
  state->bad = 0;
  state->cooling = cooldown;
}

namespace {

struct PlateauOptions : WarmUpOptions {
  double factor = 0.1;
  double floor = 0;
  Index patience = 3;
  double threshold = 1e-4;

  void Describe(Fields& field) {
    WarmUpOptions::Describe(field);
    field("factor", factor, "what a fall multiplies the rate by",
          Between(0, 1));
    field("floor", floor, "smallest rate, as a part of the first",
          Between(0, 1));
    field("patience", patience, "epochs without a better measure before a fall",
          AtLeast(0));
    field("threshold", threshold, "relative gain that counts as better",
          BelowFrom(0, 1));
  }
};

class PlateauSchedule : public Schedule {
 public:
  PlateauSchedule(const ScheduleArgs& args, const PlateauOptions& options)
      : Schedule(args, options) {
    const bool is_usual = options.patience == PlateauOptions{}.patience;
    Require(is_usual || options.patience < args.epochs, ErrorKind::kUsage,
            Str("patience=", options.patience,
                " has no effect: training ends with epoch ", args.epochs),
            "wait for fewer epochs, or give more --epochs");
    plateau_.factor = options.factor;
    plateau_.patience = options.patience;
    plateau_.threshold = options.threshold;
    plateau_.floor = options.floor * args.rate;
    seen_.rate = args.rate;
  }

  void Observe(double measure) override { plateau_.Observe(measure, &seen_); }

  std::vector<double> state() const override {
    return {seen_.rate, seen_.best, seen_.any ? 1.0 : 0.0,
            static_cast<double>(seen_.bad), static_cast<double>(seen_.cooling)};
  }
  void set_state(std::span<const double> state) override {
    Require(state.size() == 5, ErrorKind::kBadInput,
            Str("the state of the schedule has ", state.size(),
                " numbers, and that of plateau 5"),
            "begin anew without this checkpoint");
    seen_ = {state[0], state[1], state[2] != 0, static_cast<Index>(state[3]),
             static_cast<Index>(state[4])};
  }

 private:
  double RateAfterRise(double /*t*/) const override { return seen_.rate; }

  Plateau plateau_;
  Plateau::State seen_;
};

}  // namespace

extern const ScheduleEntry kPlateauSchedule;
const ScheduleEntry kPlateauSchedule =
    MakeEntry<PlateauSchedule, PlateauOptions>(
        "plateau", "the rate falls when the validation measure stops falling");

}  // namespace mtlkit
