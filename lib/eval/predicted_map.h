#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/task.h"

namespace mtlkit {

// The class of each pixel of a map that a row of predictions speaks for: the
// most probable, of two the second where its probability is above 1/2.
std::vector<std::uint8_t> PredictedMap(const Task& map,
                                       std::span<const float> predictions);

// Labels of a map (NaN: void, 255).
std::vector<std::uint8_t> LabelMap(std::span<const float> labels);

}  // namespace mtlkit
