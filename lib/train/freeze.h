#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/network.h"

namespace mtlkit {

// Which slices of the network's weights the patterns of --freeze name, one a
// slice: by their own name ("trunk.0/kernel"), by that of their layer
// ("trunk.0"), or of a group of layers ("trunk"); * stands for anything. Empty
// if there is no pattern. A pattern that names nothing is kUsage with the
// nearest name, and so are patterns that leave nothing to learn.
std::vector<bool> FrozenSlices(const Network& network,
                               std::span<const std::string> patterns);

}  // namespace mtlkit
