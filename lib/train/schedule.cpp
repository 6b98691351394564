#include "train/schedule.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {
namespace {

// The fields of one kind; warm-up goes with all.
void DescribeKind(std::string_view kind, ScheduleOptions& options,
                  Fields& field) {
  field("warm-up", options.warm_up, "epochs of linear rise at the start",
        AtLeast(0));
  if (kind == "step") {
    field("every", options.every, "epochs between falls", MoreThan(0));
  }
  if (kind == "step" || kind == "plateau") {
    field("factor", options.factor, "what a fall multiplies the rate by",
          Between(0, 1));
  }
  if (kind == "cosine" || kind == "plateau") {
    field("floor", options.floor, "smallest rate, as a part of the first",
          Between(0, 1));
  }
  if (kind == "plateau") {
    field("patience", options.patience,
          "epochs without a better measure before a fall", AtLeast(0));
    field("threshold", options.threshold, "relative gain that counts as better",
          BelowFrom(0, 1));
  }
}

template <int kKind>
void DescribeDefaults(Fields& fields) {
  constexpr std::string_view kNames[] = {"constant", "step", "cosine",
                                         "plateau"};
  ScheduleOptions options;
  DescribeKind(kNames[kKind], options, fields);
}

constexpr ScheduleEntry kConstant = {"constant", "the rate stays as it is",
                                     DescribeDefaults<0>};
constexpr ScheduleEntry kStep = {
    "step", "the rate falls by a factor every few epochs", DescribeDefaults<1>};
constexpr ScheduleEntry kCosine = {
    "cosine", "the rate falls along half a cosine to the last epoch",
    DescribeDefaults<2>};
constexpr ScheduleEntry kPlateau = {
    "plateau", "the rate falls when the validation measure stops falling",
    DescribeDefaults<3>};

}  // namespace

std::span<const ScheduleEntry* const> ScheduleEntries() {
  static constexpr std::array kEntries = {&kConstant, &kStep, &kCosine,
                                          &kPlateau};
  return kEntries;
}

double StepRate(double base, double every, double factor, double t) {
  return base * std::pow(factor, std::floor(t / every));
}

double CosineRate(double base, double floor, double total, double t) {
  const double part = total > 0 ? std::min(t, total) / total : 1.0;
  return floor + (base - floor) * (1 + std::cos(std::numbers::pi * part)) / 2;
}

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

Schedule::Schedule(const Choice& choice, double rate, Index steps_per_epoch,
                   Index epochs, const std::string& where)
    : kind_(choice.name),
      base_(rate),
      steps_per_epoch_(static_cast<double>(steps_per_epoch)),
      total_steps_(static_cast<double>(steps_per_epoch * epochs)) {
  InContext(where,
            [&] { FindEntry(ScheduleEntries(), "schedule", choice.name); });
  ChoiceReader reader(choice, where);
  DescribeKind(kind_, options_, reader);
  reader.Finish();
  plateau_.factor = options_.factor;
  plateau_.patience = options_.patience;
  plateau_.threshold = options_.threshold;
  plateau_.floor = options_.floor * rate;
  seen_.rate = rate;
}

double Schedule::Rate(Index step) const {
  const double t = static_cast<double>(step);
  const double warm_up = options_.warm_up * steps_per_epoch_;
  if (t < warm_up) return base_ * std::min(1.0, (t + 1) / warm_up);
  if (kind_ == "step") {
    return StepRate(base_, options_.every * steps_per_epoch_, options_.factor,
                    t);
  }
  if (kind_ == "cosine") {
    return CosineRate(base_, options_.floor * base_, total_steps_ - warm_up,
                      t - warm_up);
  }
  return kind_ == "plateau" ? seen_.rate : base_;
}

void Schedule::Observe(double measure) {
  if (kind_ == "plateau") plateau_.Observe(measure, &seen_);
}

std::vector<double> Schedule::state() const {
  return {seen_.rate, seen_.best, seen_.any ? 1.0 : 0.0,
          static_cast<double>(seen_.bad), static_cast<double>(seen_.cooling)};
}

void Schedule::set_state(std::span<const double> state) {
  assert(state.size() == 5);
  seen_ = {state[0], state[1], state[2] != 0, static_cast<Index>(state[3]),
           static_cast<Index>(state[4])};
}

}  // namespace mtlkit
