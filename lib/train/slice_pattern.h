#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/network.h"

namespace mtlkit {

// Whether a pattern names a slice: by its own name ("trunk.0/kernel"), by that
// of its layer ("trunk.0"), or of a group of layers ("trunk"); * stands for
// anything.
bool NamesSlice(const std::string& pattern, const std::string& slice);

// The slices of a network's weights, by number, that a pattern names. None is
// kUsage with the nearest name; `flag` is where the pattern stands.
std::vector<Index> SlicesNamed(const Network& network,
                               const std::string& pattern,
                               std::string_view flag);

}  // namespace mtlkit
