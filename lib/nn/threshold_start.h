#pragma once

#include <span>
#include <vector>

#include "data/task.h"
#include "nn/network.h"
#include "nn/params.h"

namespace mtlkit {

// Thresholds of scores (layers/thresholds.cpp) begin where a score of 0 says
// the shares of the classes in the labels: at the usual rates of learning they
// would need thousands of steps to those of rare classes. `constants` are those
// of the tasks; none: they stay.
void StartThresholds(std::span<const Task> tasks,
                     std::span<const std::vector<double>> constants,
                     const Network& network, Block* weights);

}  // namespace mtlkit
