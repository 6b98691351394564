#pragma once

#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// A whole number, as two's complement with the highest byte first, divided by
// 10^scale: all of its digits. No bytes are 0.
std::string DecimalText(std::string_view big_endian, Index scale);

}  // namespace mtlkit
