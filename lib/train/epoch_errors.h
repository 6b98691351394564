#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "nn/history.h"

namespace mtlkit {

// What a training was chosen on, an epoch a number, of which lower is better:
// the loss or the mean that it says, or a metric's distance to the perfect one.
// `select_on` is that of its options. NaN where an epoch has none.
std::vector<double> EpochErrors(const History& history,
                                std::span<const Task> tasks,
                                const std::string& select_on);

// That of the best epoch; infinite where there is none.
double BestError(const History& history, std::span<const Task> tasks,
                 const std::string& select_on);

}  // namespace mtlkit
