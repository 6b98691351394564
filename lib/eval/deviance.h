#pragma once

#include <memory>

#include "eval/metric.h"

namespace mtlkit {

// Distributions whose variance is the mean to a power: Poisson 1, gamma 2,
// between them (here 1.5) sums of a Poisson number of gamma amounts.
enum class Variance { kPoisson, kTweedie, kGamma };

// The unit deviance, twice the log likelihood that the best mean, y itself, has
// ahead of this one (McCullagh and Nelder, "Generalized linear models", 1989;
// Jorgensen, "The theory of dispersion models", 1997). A mean counts as 2^-52
// at least: exactly 0 would make one wrong row infinite. y is 0 or more; NaN
// for 0 where it cannot be (gamma).
double UnitDeviance(Variance variance, double y, double mean);

// The mean deviance, without what is NaN; mean over columns.
std::unique_ptr<Metric> MeanDeviance(const MetricRows& rows, Variance variance);
// The share of it that predictions explain (D^2): 1 - that over the deviance
// of the mean of the evaluated labels.
std::unique_ptr<Metric> DevianceShare(const MetricRows& rows,
                                      Variance variance);

}  // namespace mtlkit
