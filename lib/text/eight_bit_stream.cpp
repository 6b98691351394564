#include "text/eight_bit_stream.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/view.h"

namespace mtlkit {
namespace {

// The letters of bytes 0x80 to 0x9f in code page 1252; 0: none.
constexpr std::array<std::uint16_t, 32> kWindowsLetters = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

// Bytes of Latin-1, or of code page 1252, as UTF-8. What is a control character
// of Latin-1 is a letter of another encoding.
class EightBitStream : public ByteStream {
 public:
  EightBitStream(ByteStream* input, bool is_windows)
      : input_(input), is_windows_(is_windows) {}

  std::size_t Read(char* to, std::size_t size) override {
    buffer_.resize(std::max<std::size_t>(1, size / 3));
    const std::size_t got = input_->Read(buffer_.data(), buffer_.size());
    char* const begin = to;
    for (std::size_t i = 0; i < got; ++i) {
      line_ += buffer_[i] == '\n';
      to = Put(LetterOf(static_cast<unsigned char>(buffer_[i])), to);
    }
    return static_cast<std::size_t>(to - begin);
  }
  void Rewind() override {
    line_ = 1;
    input_->Rewind();
  }

 private:
  unsigned LetterOf(unsigned byte) const {
    if (byte < 0x80 || byte > 0x9f) return byte;
    const unsigned letter = is_windows_ ? kWindowsLetters[byte - 0x80] : 0;
    if (letter != 0) return letter;
    constexpr std::string_view kDigits = "0123456789abcdef";
    Fail(ErrorKind::kBadInput,
         Str("line ", line_, ": byte 0x", kDigits.substr(byte >> 4, 1),
             kDigits.substr(byte & 15, 1), " is no letter of ",
             is_windows_ ? "cp1252" : "latin1"),
         is_windows_ ? "convert it to UTF-8 first, such as with iconv"
                     : "--encoding cp1252 is that of Windows");
  }

  static char* Put(unsigned letter, char* to) {
    if (letter < 0x80) {
      *to++ = static_cast<char>(letter);
    } else if (letter < 0x800) {
      *to++ = static_cast<char>(0xc0 | (letter >> 6));
      *to++ = static_cast<char>(0x80 | (letter & 0x3f));
    } else {
      *to++ = static_cast<char>(0xe0 | (letter >> 12));
      *to++ = static_cast<char>(0x80 | ((letter >> 6) & 0x3f));
      *to++ = static_cast<char>(0x80 | (letter & 0x3f));
    }
    return to;
  }

  ByteStream* input_;
  bool is_windows_;
  std::vector<char> buffer_;
  Index line_ = 1;
};

}  // namespace

std::unique_ptr<ByteStream> MakeEightBitStream(ByteStream* input,
                                               bool is_windows) {
  return std::make_unique<EightBitStream>(input, is_windows);
}

}  // namespace mtlkit
