#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "train/train_options.h"

namespace mtlkit {

// The options as they concern a network with `tasks`, one of several that learn
// by the same options, which lacks the tasks named `absent`: without the
// losses, task weights and so on that are meant for these alone. Weights cannot
// be chosen by a task that is not there: kUsage.
TrainOptions OptionsFor(std::span<const Task> tasks,
                        std::span<const std::string> absent,
                        TrainOptions options);

}  // namespace mtlkit
