#pragma once

#include <cstddef>
#include <string_view>

namespace mtlkit {

// Blanks of Unicode (UTF-8) that spreadsheets and web pages leave round cells
// and that nobody sees there: no-break spaces (U+00A0, U+202F), the spaces of
// other widths (U+1680, U+2000 to U+200A, U+205F, U+3000), and those of none
// (U+200B, U+2060, U+FEFF). Joiners and marks of direction, which belong to
// words of some scripts, are not among them.

namespace internal {
std::size_t BlankBefore(std::string_view text);
std::size_t BlankBehind(std::string_view text);
}  // namespace internal

// The length of the blank at the beginning of `text`, or 0. Asked of every
// cell: most begin and end in ASCII.
inline std::size_t WideBlankBefore(std::string_view text) {
  const bool is_ascii =
      text.empty() || (static_cast<unsigned char>(text.front()) & 0x80U) == 0;
  return is_ascii ? 0 : internal::BlankBefore(text);
}

// The length of the blank at the end of `text`, or 0.
inline std::size_t WideBlankBehind(std::string_view text) {
  const bool is_ascii =
      text.empty() || (static_cast<unsigned char>(text.back()) & 0x80U) == 0;
  return is_ascii ? 0 : internal::BlankBehind(text);
}

}  // namespace mtlkit
