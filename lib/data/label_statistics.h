#pragma once

#include <vector>

#include "data/head.h"

namespace mtlkit {

// Of labels, of which there is one at least.
double MeanOf(const WeightedLabels& labels);

// The least value with at least `level` of the weight at or below it; where
// exactly so much is, the mean of it and the next.
double QuantileOf(WeightedLabels labels, double level);

// The share of the weight that each class has.
std::vector<double> ClassShares(const WeightedLabels& labels,
                                std::size_t classes);

// The log of a share, of 1e-7 at least.
double LogOfShare(double share);

// What is impossible about the number of a task's classes, or "".
std::string FaultOfClasses(const Task& task, std::size_t least);

}  // namespace mtlkit
