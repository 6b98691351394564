#include "interop/element_type.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/error.h"

namespace mtlkit {
namespace {

// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
Real FromHalf(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  constexpr int kBias = 15;
  constexpr int kFractionBits = 10;
  double size = 0;
  if (exponent == 0x1f) {
    size = fraction == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {  // subnormal
    size = std::ldexp(fraction, 1 - kBias - kFractionBits);
  } else {
    size = std::ldexp(fraction + (1 << kFractionBits),
                      exponent - kBias - kFractionBits);
  }
  return static_cast<Real>((bits & 0x8000) != 0 ? -size : size);
}

Real FromBfloat16(std::uint16_t bits) {
  return static_cast<Real>(
      std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

template <class T>
Real Plain(T value) {
  return static_cast<Real>(value);
}

template <class T, class Convert>
std::vector<Real> Decode(std::string_view bytes, bool big_endian,
                         Convert convert) {
  std::vector<Real> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    char element[sizeof(T)];
    std::memcpy(element, bytes.data() + i * sizeof(T), sizeof(T));
    if (big_endian) std::reverse(element, element + sizeof(T));
    values[i] = convert(std::bit_cast<T>(element));
  }
  return values;
}

}  // namespace

Index SizeOf(ForeignElement type) {
  switch (type) {
    case ForeignElement::kBool:
    case ForeignElement::kInt8:
    case ForeignElement::kUint8:
      return 1;
    case ForeignElement::kInt16:
    case ForeignElement::kUint16:
    case ForeignElement::kFloat16:
    case ForeignElement::kBfloat16:
      return 2;
    case ForeignElement::kInt32:
    case ForeignElement::kUint32:
    case ForeignElement::kFloat32:
      return 4;
    case ForeignElement::kInt64:
    case ForeignElement::kUint64:
    case ForeignElement::kFloat64:
      return 8;
  }
  return 0;
}

Index ElementCount(const std::vector<Index>& shape, Index most,
                   std::string_view what) {
  Index count = 1;
  for (const Index length : shape) {
    Require(length >= 0, ErrorKind::kBadInput,
            Str(what, " has a length of ", length),
            "the file is damaged: write it again");
    if (length == 0) return 0;
  }
  for (const Index length : shape) {
    Require(length <= most / count, ErrorKind::kBadInput,
            Str(what, " says that it has more elements than the file holds"),
            "the file is damaged or incomplete: copy it again");
    count *= length;
  }
  return count;
}

std::vector<Real> DecodeElements(ForeignElement type, std::string_view bytes,
                                 bool big_endian) {
  switch (type) {
    case ForeignElement::kBool:
    case ForeignElement::kUint8:
      return Decode<std::uint8_t>(bytes, big_endian, Plain<std::uint8_t>);
    case ForeignElement::kInt8:
      return Decode<std::int8_t>(bytes, big_endian, Plain<std::int8_t>);
    case ForeignElement::kInt16:
      return Decode<std::int16_t>(bytes, big_endian, Plain<std::int16_t>);
    case ForeignElement::kUint16:
      return Decode<std::uint16_t>(bytes, big_endian, Plain<std::uint16_t>);
    case ForeignElement::kInt32:
      return Decode<std::int32_t>(bytes, big_endian, Plain<std::int32_t>);
    case ForeignElement::kUint32:
      return Decode<std::uint32_t>(bytes, big_endian, Plain<std::uint32_t>);
    case ForeignElement::kInt64:
      return Decode<std::int64_t>(bytes, big_endian, Plain<std::int64_t>);
    case ForeignElement::kUint64:
      return Decode<std::uint64_t>(bytes, big_endian, Plain<std::uint64_t>);
    case ForeignElement::kFloat16:
      return Decode<std::uint16_t>(bytes, big_endian, FromHalf);
    case ForeignElement::kBfloat16:
      return Decode<std::uint16_t>(bytes, big_endian, FromBfloat16);
    case ForeignElement::kFloat32:
      return Decode<float>(bytes, big_endian, Plain<float>);
    case ForeignElement::kFloat64:
      return Decode<double>(bytes, big_endian, Plain<double>);
  }
  return {};
}

}  // namespace mtlkit
