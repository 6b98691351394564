#pragma once

#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// How other programs keep the numbers of an array.
enum class ForeignElement {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat16,
  kBfloat16,  // the upper half of a float32
  kFloat32,
  kFloat64,
};

// Bytes of one element.
Index SizeOf(ForeignElement type);

// The product of `shape`; kBadInput where a length is negative or the product
// has more than `most` elements. `what` names the array.
Index ElementCount(const std::vector<Index>& shape, Index most,
                   std::string_view what);

// Whether elements are whole numbers, truth values among them.
bool IsWholeNumber(ForeignElement type);

// The elements of `bytes`, which holds a whole number of them, as float,
// double, or (whole numbers only) std::int64_t; kBadInput where an unsigned one
// is beyond that.
template <class T>
std::vector<T> DecodeElementsAs(ForeignElement type, std::string_view bytes,
                                bool big_endian = false);

inline std::vector<Real> DecodeElements(ForeignElement type,
                                        std::string_view bytes,
                                        bool big_endian = false) {
  return DecodeElementsAs<Real>(type, bytes, big_endian);
}

}  // namespace mtlkit
