#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mtlkit {

// Writes a code point of Unicode, at most 0x10ffff, in one to four bytes;
// returns the end.
char* PutUtf8(std::uint32_t code, char* to);
// The same behind a text.
void AppendUtf8(std::uint32_t code, std::string* text);

// The code points of a text, which must be UTF-8.
std::u32string Utf32(std::string_view text);

}  // namespace mtlkit
