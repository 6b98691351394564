#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/view.h"

namespace mtlkit {

// Walks over bytes of a file that nobody has checked: little-endian numbers and
// stretches of text. Beyond the end is kBadInput. The bytes stay the caller's.
class ByteReader {
 public:
  // `what` is how messages call the bytes.
  ByteReader(std::string_view bytes, std::string_view what)
      : bytes_(bytes), what_(what) {}

  Index at() const { return at_; }
  Index left() const { return static_cast<Index>(bytes_.size()) - at_; }
  bool AtEnd() const { return left() == 0; }

  void Seek(Index at) {
    if (at < 0 || at > static_cast<Index>(bytes_.size())) FailShort();
    at_ = at;
  }

  std::string_view Bytes(Index count) {
    if (count < 0 || count > left()) FailShort();
    const std::string_view bytes = bytes_.substr(At(at_), At(count));
    at_ += count;
    return bytes;
  }

  template <class T>
  T Number() {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, Bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }

  // Up to the next `end`, which is passed over.
  std::string_view Until(char end) {
    const std::size_t found = bytes_.find(end, At(at_));
    if (found == std::string_view::npos) FailShort();
    const std::string_view text = Bytes(static_cast<Index>(found) - at_);
    ++at_;
    return text;
  }

 private:
  [[noreturn]] void FailShort() const {
    Fail(ErrorKind::kBadInput, Str(what_, " ends too early"),
         "the file is damaged or incomplete: copy it again");
  }

  std::string_view bytes_;
  std::string_view what_;
  Index at_ = 0;
};

}  // namespace mtlkit
