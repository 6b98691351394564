#pragma once

#include <limits>
#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// What a number is that is not defined.
inline constexpr double kUndefinedValue =
    std::numeric_limits<double>::quiet_NaN();

// Why a number has no interval.
enum class NoInterval {
  kNone,       // it has one, or none was asked for
  kUndefined,  // the number itself is undefined
  kOneRow,     // nothing varies
  kFewDraws,   // it is undefined in more than half of the draws
  kInfinite,   // it, or a sixth of the draws, has no end: nor has the interval
};

// A number with its bootstrap interval; NaN where it is undefined.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  NoInterval why = NoInterval::kNone;
};

// What an interval must know besides the draws.
struct IntervalOptions {
  double level = 0.95;  // coverage
  // How many rows a number is made of, and how many were drawn: a mean over
  // 20 tasks of 15 rows each is made of 15 at a time, of 300 in all. Few rows
  // vary more than their bootstrap shows.
  double rows = 0;
  double all_rows = 0;
};

// Draws from which an interval of this level can be read: more than this, so
// that one lies outside of it at each end.
double LeastDraws(double level);

// Both leave draws out that are NaN, and give a NaN interval if fewer than half
// are left, the value is NaN, or it is made of one row (`rows` of 1). Both
// hold the value, and turning the sign of
// value and draws mirrors them.

// The expanded percentile interval (Hesterberg, "What teachers should know
// about the bootstrap", 2015): quantiles of the draws, widened for few rows. It
// stays in the range of the draws; made to hold the value.
Estimate PercentileInterval(double value, std::vector<double> draws,
                            const IntervalOptions& options);

// The value plus and minus Student's t times the standard error, for numbers
// that may lie anywhere, such as logs of ratios. The error is half of the
// central 68.3 % of the draws, so that a few wild or infinite ones do not
// decide it.
Estimate StudentInterval(double value, std::vector<double> draws,
                         const IntervalOptions& options);

// The value below which a share of sorted values lies, linear between
// neighbours, as numpy's default. Needs values.
double QuantileOf(std::span<const double> sorted, double share);

// The share of the standard normal distribution that lies below x.
double NormalShare(double x);
// Of Student's t with `freedom` >= 1 degrees of freedom (Hill, Algorithm 396,
// 1970).
double StudentQuantile(double share, double freedom);

}  // namespace mtlkit
