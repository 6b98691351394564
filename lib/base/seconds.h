#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// "90", "90s", "5m" or "1h" in seconds; anything else, and less than 0, is
// kUsage with `where` (the flag) in front.
double ParseSeconds(std::string_view text, const std::string& where);

}  // namespace mtlkit
