#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"
#include "base/view.h"

namespace mtlkit {

// How the rate changes while training, from NAME[:option=value,...]. Lengths
// are in epochs; every kind takes warm-up.
struct ScheduleOptions {
  double warm_up = 0;   // epochs of linear rise at the start
  double floor = 0;     // cosine, plateau: smallest rate, as a part of --rate
  double every = 10;    // step: epochs between falls
  double factor = 0.1;  // step, plateau: what a fall multiplies the rate by
  Index patience = 3;  // plateau: epochs without a better measure before a fall
  double threshold = 1e-4;  // plateau: relative gain that counts as better
};

// A kind of schedule: constant, step, cosine, plateau.
struct ScheduleEntry {
  std::string_view name;
  std::string_view help;
  void (*describe)(Fields& fields);
};
std::span<const ScheduleEntry* const> ScheduleEntries();

// The rate of step t = 0, 1, ...; all are pure functions.
double StepRate(double base, double every, double factor, double t);
// floor + (base - floor)(1 + cos(pi min(t, total) / total)) / 2.
double CosineRate(double base, double floor, double total, double t);

// Lowers a rate when a measure stops falling, as torch's ReduceLROnPlateau.
struct Plateau {
  double factor = 0.1;
  Index patience = 3;
  double threshold = 1e-4;
  bool relative = true;  // threshold as a part of the best, or absolute
  bool lower_better = true;
  Index cooldown = 0;
  double floor = 0;
  double smallest_change = 1e-8;  // a smaller fall of the rate is left out

  // What it has seen: kept in checkpoints.
  struct State {
    double rate = 0;  // set by the caller before the first Observe
    double best = 0;
    bool any = false;
    Index bad = 0;
    Index cooling = 0;
  };
  // NaN counts as not better.
  void Observe(double measure, State* state) const;
};

// A schedule with its place. Its state is flat, for checkpoints.
class Schedule {
 public:
  // An unknown name or option is kUsage.
  Schedule(const Choice& choice, double rate, Index steps_per_epoch,
           Index epochs, const std::string& where = "--schedule");

  // Of a step since the start of training.
  double Rate(Index step) const;
  // Tells the validation measure of an epoch (lower is better).
  void Observe(double measure);

  std::vector<double> state() const;
  void set_state(std::span<const double> state);

 private:
  std::string kind_;
  ScheduleOptions options_;
  double base_;
  double steps_per_epoch_;
  double total_steps_;
  Plateau plateau_;
  Plateau::State seen_;
};

}  // namespace mtlkit
