#include "interop/element_type.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/error.h"

namespace mtlkit {
namespace {

// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
double FromHalf(std::uint16_t bits) {
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
  return (bits & 0x8000) != 0 ? -size : size;
}

double FromBfloat16(std::uint16_t bits) {
  return static_cast<double>(
      std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

// Elements that are stored as `From`.
template <class T, class From, class Convert>
std::vector<T> Decode(std::string_view bytes, bool big_endian,
                      Convert convert) {
  std::vector<T> values(bytes.size() / sizeof(From));
  for (std::size_t i = 0; i < values.size(); ++i) {
    char element[sizeof(From)];
    std::memcpy(element, bytes.data() + i * sizeof(From), sizeof(From));
    if (big_endian) std::reverse(element, element + sizeof(From));
    values[i] = convert(std::bit_cast<From>(element));
  }
  return values;
}

template <class T, class From>
std::vector<T> DecodePlain(std::string_view bytes, bool big_endian) {
  return Decode<T, From>(bytes, big_endian, [](From value) {
    if constexpr (std::is_same_v<From, std::uint64_t> &&
                  std::is_same_v<T, std::int64_t>) {
      Require(value <= INT64_MAX, ErrorKind::kBadInput,
              Str(value, " is beyond 2^63"), "write such numbers as texts");
    }
    return static_cast<T>(value);
  });
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

bool IsWholeNumber(ForeignElement type) {
  switch (type) {
    case ForeignElement::kFloat16:
    case ForeignElement::kBfloat16:
    case ForeignElement::kFloat32:
    case ForeignElement::kFloat64:
      return false;
    default:
      return true;
  }
}

template <class T>
std::vector<T> DecodeElementsAs(ForeignElement type, std::string_view bytes,
                                bool big_endian) {
  assert(std::is_floating_point_v<T> || IsWholeNumber(type));
  switch (type) {
    case ForeignElement::kBool:
    case ForeignElement::kUint8:
      return DecodePlain<T, std::uint8_t>(bytes, big_endian);
    case ForeignElement::kInt8:
      return DecodePlain<T, std::int8_t>(bytes, big_endian);
    case ForeignElement::kInt16:
      return DecodePlain<T, std::int16_t>(bytes, big_endian);
    case ForeignElement::kUint16:
      return DecodePlain<T, std::uint16_t>(bytes, big_endian);
    case ForeignElement::kInt32:
      return DecodePlain<T, std::int32_t>(bytes, big_endian);
    case ForeignElement::kUint32:
      return DecodePlain<T, std::uint32_t>(bytes, big_endian);
    case ForeignElement::kInt64:
      return DecodePlain<T, std::int64_t>(bytes, big_endian);
    case ForeignElement::kUint64:
      return DecodePlain<T, std::uint64_t>(bytes, big_endian);
    case ForeignElement::kFloat16:
      return Decode<T, std::uint16_t>(
          bytes, big_endian,
          [](std::uint16_t bits) { return static_cast<T>(FromHalf(bits)); });
    case ForeignElement::kBfloat16:
      return Decode<T, std::uint16_t>(
          bytes, big_endian, [](std::uint16_t bits) {
            return static_cast<T>(FromBfloat16(bits));
          });
    case ForeignElement::kFloat32:
      return DecodePlain<T, float>(bytes, big_endian);
    case ForeignElement::kFloat64:
      return DecodePlain<T, double>(bytes, big_endian);
  }
  return {};
}

template std::vector<float> DecodeElementsAs(ForeignElement, std::string_view,
                                             bool);
template std::vector<double> DecodeElementsAs(ForeignElement, std::string_view,
                                              bool);
template std::vector<std::int64_t> DecodeElementsAs(ForeignElement,
                                                    std::string_view, bool);

}  // namespace mtlkit
