#include "base/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "base/text.h"

namespace mtlkit {
namespace {

// The length of the character that `byte` begins, 0 if it begins none.
std::size_t LengthOf(unsigned char byte) {
  if (byte < 0x80) return 1;
  if (byte < 0xC2) return 0;  // continues one, or is overlong
  if (byte < 0xE0) return 2;
  if (byte < 0xF0) return 3;
  return byte < 0xF5 ? 4 : 0;
}

// The character that `text` begins with and its length, which is 0 where it is
// none of UTF-8.
std::size_t Decode(std::string_view text, std::uint32_t* code) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = LengthOf(first);
  if (length == 0 || length > text.size()) return 0;
  constexpr std::array<std::uint32_t, 5> kMasks = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t value = first & kMasks[length];
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return 0;
    value = value << 6 | (byte & 0x3FU);
  }
  const bool is_overlong =
      (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (is_overlong || is_surrogate || value > 0x10FFFF) return 0;
  *code = value;
  return length;
}

bool IsControl(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

// Takes no room, or looks like an empty place: two names that differ by it look
// alike.
bool IsInvisible(std::uint32_t code) {
  constexpr std::array<std::uint32_t, 8> kSingle = {
      0x00AD, 0x034F, 0x115F, 0x1160, 0x180E, 0x3164, 0xFEFF, 0xFFA0};
  return std::find(kSingle.begin(), kSingle.end(), code) != kSingle.end() ||
         (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2060 && code <= 0x206F) ||
         (code >= 0xFFF9 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

// Marks that turn the direction of what follows, and what some programs take
// for the end of a line.
bool IsDeceptive(std::uint32_t code) {
  return code == 0x061C || (code >= 0x2028 && code <= 0x202E);
}

void AppendCode(const char* format, std::uint32_t code, std::string* text) {
  std::array<char, 16> shown{};
  std::snprintf(shown.data(), shown.size(), format,
                static_cast<unsigned>(code));
  *text += shown.data();
}

std::string Clean(std::string_view text, bool keeps_lines) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = Decode(text, &code);
    if (text[0] == '\n' || text[0] == '\t') {
      shown += keeps_lines ? text[0] : ' ';
    } else if (length == 0) {
      AppendCode("\\x%02x", static_cast<unsigned char>(text[0]), &shown);
    } else if (IsControl(code)) {
      AppendCode("\\x%02x", code, &shown);
    } else if (IsDeceptive(code) || IsInvisible(code)) {
      AppendCode("\\u%04x", code, &shown);
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  const auto* byte = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = byte + text.size();
  while (byte < end) {
    const unsigned char lead = *byte++;
    if (lead == 0) return false;
    if (lead < 0x80) continue;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - byte < more) return false;
    const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte[0] < low || byte[0] > high) return false;
    for (int i = 1; i < more; ++i) {
      if ((byte[i] & 0xc0) != 0x80) return false;
    }
    byte += more;
  }
  return true;
}

std::string TerminalText(std::string_view text) {
  return Clean(text, true);
}

std::string VisibleText(std::string_view text) {
  return Clean(text, false);
}

std::size_t CutCharacter(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte < 0x80) return 0;
    if (byte >= 0xC0) return LengthOf(byte) > back ? back : 0;
  }
  return 0;
}

}  // namespace mtlkit
