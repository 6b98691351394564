#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mtlkit {

// What to say to a flag that there is not, "--learning-rate", where `known` is
// what there is: the flag that other programs call so, else the one that is
// spelled nearly so; "" if nothing comes to mind.
std::string FlagHint(std::string_view flag, std::span<const std::string> known);

}  // namespace mtlkit
