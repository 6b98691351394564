#pragma once

#include <string_view>

namespace mtlkit {

// Throws kBadInput for bytes of a page that cannot be what a program wrote.
// Callers put file, row and column in front.
[[noreturn]] void FailDamagedPage(std::string_view why);

}  // namespace mtlkit
