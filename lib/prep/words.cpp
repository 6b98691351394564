#include "prep/words.h"

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"

namespace mtlkit {
namespace {

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

std::uint32_t CodeOf(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  switch (character.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 |
             (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  }
}

bool IsIn(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

bool IsMark(std::uint32_t code) {
  return IsIn(code, 0xa1, 0xbf) || IsIn(code, 0x2000, 0x2bff) ||
         IsIn(code, 0x3000, 0x303f) || IsIn(code, 0xfe30, 0xfe4f) ||
         IsIn(code, 0xff00, 0xff20) || IsIn(code, 0x1f000, 0x1faff);
}

bool IsIdeograph(std::uint32_t code) {
  return IsIn(code, 0x0e00, 0x0eff) || IsIn(code, 0x1000, 0x109f) ||
         IsIn(code, 0x1780, 0x17ff) || IsIn(code, 0x2e80, 0xa4cf) ||
         IsIn(code, 0xf900, 0xfaff) || IsIn(code, 0xff61, 0xff9f) ||
         IsIn(code, 0x20000, 0x3ffff);
}

}  // namespace

std::size_t CharacterSize(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0   ? 4
                           : first >= 0xe0 ? 3
                           : first >= 0xc2 ? 2
                                           : 0;
  if (size == 0 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const std::uint32_t code = CodeOf(text.substr(0, size));
  const std::uint32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = IsIn(code, 0xd800, 0xdfff);
  return code < least || code > 0x10ffff || is_surrogate ? 0 : size;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void ForBlankWords(std::string_view text,
                   const std::function<void(std::string_view)>& visit) {
  std::size_t first = 0;
  while (first < text.size()) {
    if (IsBlank(text[first])) {
      ++first;
      continue;
    }
    std::size_t end = first + 1;
    while (end < text.size() && !IsBlank(text[end])) ++end;
    visit(text.substr(first, end - first));
    first = end;
  }
}

CharacterKind KindOfCharacter(std::string_view text, std::size_t size) {
  if (size == 0) return CharacterKind::kByte;
  if (size == 1) {
    const char c = text[0];
    if (IsBlank(c)) return CharacterKind::kBlank;
    if (c >= '0' && c <= '9') return CharacterKind::kDigit;
    return IsAsciiLetter(c) ? CharacterKind::kLetter : CharacterKind::kMark;
  }
  const std::uint32_t code = CodeOf(text.substr(0, size));
  return IsMark(code)        ? CharacterKind::kMark
         : IsIdeograph(code) ? CharacterKind::kIdeograph
                             : CharacterKind::kLetter;
}

void ForMarkedWords(std::string_view text,
                    const std::function<void(std::string_view)>& visit) {
  std::size_t first = 0;  // of a word that has begun, or of what comes next
  std::size_t at = 0;
  const auto end_word = [&] {
    if (at > first) visit(text.substr(first, at - first));
  };
  while (at < text.size()) {
    const std::size_t size = CharacterSize(text.substr(at));
    const CharacterKind kind = KindOfCharacter(text.substr(at), size);
    const std::size_t bytes = std::max<std::size_t>(size, 1);
    const bool is_inside = text[at] == '\'' && at > first &&
                           at + 1 < text.size() && IsAsciiLetter(text[at + 1]);
    if (kind != CharacterKind::kLetter && kind != CharacterKind::kDigit &&
        !is_inside) {
      end_word();
      if (kind != CharacterKind::kBlank) visit(text.substr(at, bytes));
      first = at + bytes;
    }
    at += bytes;
  }
  end_word();
}

std::string LowerCase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size <= 1) {
      const char c = text[0];
      lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      text.remove_prefix(1);
      continue;
    }
    std::uint32_t code = CodeOf(text.substr(0, size));
    if ((IsIn(code, 0xc0, 0xde) && code != 0xd7) ||
        (IsIn(code, 0x391, 0x3a9) && code != 0x3a2) ||
        IsIn(code, 0x410, 0x42f)) {
      code += 32;
    } else if (IsIn(code, 0x400, 0x40f)) {
      code += 80;
    } else if ((IsIn(code, 0x100, 0x137) && code != 0x130 && code % 2 == 0) ||
               (IsIn(code, 0x139, 0x148) && code % 2 == 1) ||
               (IsIn(code, 0x14a, 0x177) && code % 2 == 0)) {
      code += 1;
    }
    AppendUtf8(code, &lower);
    text.remove_prefix(size);
  }
  return lower;
}

}  // namespace mtlkit
