#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mtlkit {

// What to say to a flag that there is not, "--learning-rate", where `known` is
// what there is: the flag that other programs call so, here or in another tool
// of the toolkit, else the one that is spelled nearly so; "" if nothing comes
// to mind. All names that other programs have for our flags are in its source.
std::string FlagHint(std::string_view flag, std::span<const std::string> known);

}  // namespace mtlkit
