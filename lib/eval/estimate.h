#pragma once

#include <vector>

#include "base/view.h"

namespace mtlkit {

// A number with its bootstrap interval; NaN where it is undefined.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
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

// Both leave draws out that are NaN, and give a NaN interval if fewer than half
// are left or the value is NaN. Both hold the value, and turning the sign of
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

// Of the standard normal distribution: the share below x, and the x below
// which a share in (0, 1) lies (Wichura, AS 241, 1988; about 7 digits).
double NormalShare(double x);
double NormalQuantile(double share);
// Of Student's t with `freedom` >= 1 degrees of freedom (Hill, Algorithm 396,
// 1970).
double StudentQuantile(double share, double freedom);

}  // namespace mtlkit
