#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mtlkit {

// The one of `names` that was meant: `said` as it is or, where no name is so,
// with "\\," for a comma, as lists of names need it. `said` where there is
// neither.
std::string NameSaid(std::string_view said, std::span<const std::string> names);

}  // namespace mtlkit
