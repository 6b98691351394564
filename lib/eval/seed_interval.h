#pragma once

#include <span>
#include <vector>

#include "eval/estimate.h"

namespace mtlkit {

// A number, with each seed of one recipe alone in place of the mean over its
// seeds: of the whole sample, and in the draws of the bootstrap.
struct SeedSample {
  std::vector<double> whole;               // one a seed
  std::vector<std::vector<double>> draws;  // [seed][draw]
};

// The mean over seeds differs from what the recipe gives on average for two
// reasons. The rows, which all seeds share, are others in another sample; and
// there are few seeds, each of which has a level of its own and misses of its
// own on these rows:
//   variance = rows / n + (seeds + misses / n) / S      (a crossed design)
// The spread s^2 of the seeds' values estimates the bracket, with S - 1 degrees
// of freedom. The bootstrap over rows gives rows / n + misses / (n S), whose
// second part, what the draws of seeds have not in common, is taken out again,
// so that it counts once. A two-way bootstrap counts it up to three times
// (Owen, "The pigeonhole bootstrap", 2007), and drawing from 3 seeds knows
// neither the factor S / (S - 1) nor Student's t.
//
// Both parts have intervals of their own; that of the sum reaches as far as the
// root of the sum of their squares (MOVER: Zou and Donner, "Construction of
// confidence limits about effect measures: a general approach", 2008). Seeds of
// several recipes are independent; together they have Welch's degrees of
// freedom (1947). `rows` is the interval over rows of `draws`; without one it
// is returned as it is.
Estimate WithSeeds(const Estimate& rows, const std::vector<double>& draws,
                   std::span<const SeedSample> recipes, double level);

// The standard deviation of values, NaN of fewer than two.
double DeviationOf(std::span<const double> values);

}  // namespace mtlkit
