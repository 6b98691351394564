#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/archs/parts.h"

namespace mtlkit {

// Tasks in the order of the option `order`, or of the data where that is empty:
// for architectures in which tasks read what is made for those before them.
// kUsage for unknown tasks, and unless each is named once.
std::vector<Index> OrderOfTasks(std::string_view arch,
                                const std::vector<std::string>& order,
                                const NetworkParts& parts);

}  // namespace mtlkit
