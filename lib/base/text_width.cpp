// Columns of a terminal that characters take (Unicode Standard Annex #11).
#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace mtlkit {
namespace {

struct CodeRange {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr CodeRange kMarks[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
    {0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr CodeRange kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23f3},
    {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18cff},
    {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f19a}, {0x1f200, 0x1f64f}, {0x1f680, 0x1f6ff},
    {0x1f7e0, 0x1f7ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};

template <std::size_t n>
bool IsIn(const CodeRange (&ranges)[n], std::uint32_t code) {
  return std::any_of(ranges, ranges + n, [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

std::size_t WidthOf(std::uint32_t code) {
  if (code < kMarks[0].first) return 1;
  if (IsIn(kMarks, code)) return 0;
  return IsIn(kWide, code) ? 2 : 1;
}

// The bits of a character that its first byte holds.
std::uint32_t FirstBits(std::uint32_t byte) {
  if (byte < 0x80U) return byte;
  return byte & (byte < 0xe0U ? 0x1fU : byte < 0xf0U ? 0xfU : 0x7U);
}

}  // namespace

std::size_t TextWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = FirstBits(static_cast<unsigned char>(text[i++]));
    for (; i < text.size(); ++i) {
      const std::uint32_t byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xc0U) != 0x80U) break;
      code = code << 6U | (byte & 0x3fU);
    }
    width += WidthOf(code);
  }
  return width;
}

}  // namespace mtlkit
