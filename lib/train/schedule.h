#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/choice.h"
#include "base/options.h"
#include "base/registry.h"
#include "base/view.h"

namespace mtlkit {

// What a schedule is for.
struct ScheduleArgs {
  double rate = 0;  // --rate
  Index steps_per_epoch = 0;
  Index epochs = 0;
};

// The option that all schedules have.
struct WarmUpOptions {
  double warm_up = 0;
  void Describe(Fields& field) {
    field("warm-up", warm_up, "epochs of linear rise at the start", AtLeast(0));
  }
};

// How the rate changes in training: a linear rise, if it is asked for, then
// what the kind of schedule says. One thread at a time.
class Schedule {
 public:
  virtual ~Schedule() = default;

  // Of a step since the start of training.
  double Rate(Index step) const;
  // Tells the validation measure of an epoch (lower is better).
  virtual void Observe(double /*measure*/) {}

  // What it has seen, flat, for checkpoints. Of another kind: kBadInput.
  virtual std::vector<double> state() const { return {}; }
  virtual void set_state(std::span<const double> /*state*/) {}

 protected:
  Schedule(const ScheduleArgs& args, const WarmUpOptions& options)
      : rate_(args.rate),
        steps_per_epoch_(static_cast<double>(args.steps_per_epoch)),
        total_(static_cast<double>(args.steps_per_epoch * args.epochs)),
        warm_up_(options.warm_up * steps_per_epoch_) {
    RequireRise();
  }

  double rate() const { return rate_; }
  double steps_per_epoch() const { return steps_per_epoch_; }
  double total() const { return total_; }      // steps of the training
  double warm_up() const { return warm_up_; }  // steps

 private:
  // kUsage where training ends before the rise does.
  void RequireRise() const;
  // The rate of step t = 0, 1, ... where it is not one of the rise.
  virtual double RateAfterRise(double t) const = 0;

  double rate_;
  double steps_per_epoch_;
  double total_;
  double warm_up_;
};

// A registered schedule (schedules.def); --schedule NAME[:option=value,...].
using ScheduleEntry =
    RegistryEntry<std::unique_ptr<Schedule>, const ScheduleArgs&>;

std::span<const ScheduleEntry* const> ScheduleEntries();
// An unknown name or option is kUsage.
std::unique_ptr<Schedule> MakeSchedule(const Choice& choice,
                                       const ScheduleArgs& args,
                                       const std::string& where = "--schedule");

}  // namespace mtlkit
