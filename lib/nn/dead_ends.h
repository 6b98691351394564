#pragma once

#include <span>

#include "data/dataset.h"
#include "nn/network.h"

namespace mtlkit {

// The same network without the layers that lead to no output, as those that
// only tasks of rows would read where all tasks are of tokens. kUsage where a
// penalty is on parameters of such layers.
Network WithoutDeadEnds(const Network& network,
                        std::span<const InputSpec> inputs);

}  // namespace mtlkit
