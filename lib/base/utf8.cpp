#include "base/utf8.h"

namespace mtlkit {

char* PutUtf8(std::uint32_t code, char* to) {
  const auto put = [&to](std::uint32_t byte) {
    *to++ = static_cast<char>(byte);
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | ((code >> 18) & 0x07));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return to;
}

void AppendUtf8(std::uint32_t code, std::string* text) {
  char bytes[4];
  text->append(bytes, PutUtf8(code, bytes));
}

std::u32string Utf32(std::string_view text) {
  std::u32string codes;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      codes += byte;
    } else if (byte < 0xC0) {  // six bits more of the one before
      codes.back() = codes.back() << 6 | (byte & 0x3FU);
    } else {
      codes += byte & (byte < 0xE0 ? 0x1FU : byte < 0xF0 ? 0x0FU : 0x07U);
    }
  }
  return codes;
}

}  // namespace mtlkit
