#pragma once

#include <string_view>
#include <vector>

#include "data/task.h"
#include "nn/network.h"

namespace mtlkit {

// The values of pixels that a task that is a map reads: those of `own`, or,
// where there are none and all tasks read the same decoders (`all`, one list a
// stem), these; of them those of the map's size. Throws kUsage where there is
// none.
std::vector<Value> PixelsFor(const Task& map, std::vector<Value> own,
                             const std::vector<std::vector<Value>>& all,
                             const NetworkBuilder& builder);

// Refuses tasks that are maps (kUsage).
void RequireNoMap(std::string_view arch, const std::vector<Task>& tasks);

}  // namespace mtlkit
