#pragma once

#include <cstdint>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// What a value of Thrift's compact protocol is, as it stands in front of it.
enum class ThriftType {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12,
};

struct ThriftField {
  int id = 0;
  ThriftType type = ThriftType::kStop;
};

// Walks over bytes of Thrift's compact protocol (thrift-compact-protocol.md of
// Apache Thrift) that nobody has checked. Every read throws kBadInput where the
// bytes end or another type stands there. Not thread-safe.
class ThriftReader {
 public:
  // `what` is how messages call the bytes; both must outlive the reader.
  ThriftReader(std::string_view bytes, std::string_view what)
      : bytes_(bytes), what_(what) {}

  Index at() const { return at_; }

  // Reads a struct: calls take(field) for each field, which reads its value
  // and returns true, or leaves it alone and returns false.
  template <class Take>
  void Struct(const Take& take) {
    ThriftField field;
    while (NextField(&field)) {
      if (!take(field)) Skip(field.type, 0);
    }
  }

  // Reads a list: calls take() for each element, which reads it. No more are
  // promised than there are bytes left.
  template <class Take>
  void List(const ThriftField& field, ThriftType element, const Take& take) {
    for (Index left = ListSize(field, element); left > 0; --left) take();
  }

  // The value of a field; what is not of that type is refused.
  std::int64_t Integer(const ThriftField& field);
  bool Truth(const ThriftField& field);
  std::string_view Binary(const ThriftField& field);
  // An element of a list of texts.
  std::string_view Text();
  void RequireStruct(const ThriftField& field) const;

 private:
  std::uint8_t Byte();
  std::uint64_t Varint();
  std::int64_t ZigZag();
  bool NextField(ThriftField* field);
  Index ListSize(const ThriftField& field, ThriftType element);
  void Skip(ThriftType type, int depth);
  void SkipItems(ThriftType type, std::uint64_t count, int depth);
  [[noreturn]] void FailDamaged(std::string_view why) const;

  std::string_view bytes_;
  std::string_view what_;
  Index at_ = 0;
};

}  // namespace mtlkit
