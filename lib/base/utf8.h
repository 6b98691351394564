#pragma once

#include <cstdint>
#include <string>

namespace mtlkit {

// Appends a code point of Unicode, at most 0x10ffff.
void AppendUtf8(std::uint32_t code, std::string* text);

}  // namespace mtlkit
