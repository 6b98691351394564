#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// What a file is; its root attribute `kind`. The values are internal.
enum class FileKind {
  kDataset,
  kFeatures,
  kPredictions,
  kModel,
  kCheckpoint,
  kRound,
};
std::string_view FileKindName(FileKind kind);

// Sizes of an array, outermost first; empty for a single number.
using Shape = std::vector<Index>;
// The product of the sizes; 1 for a single number.
Index ElementCount(const Shape& shape);
// "[40, 8]".
std::string ShapeText(const Shape& shape);

// Numbers that a file may hold.
enum class ElementType {
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,
  kF64
};
Index ElementSize(ElementType type);
// "i1" ... "i8", "u1" ... "u8", "f4", "f8", as in docs/file-format.md.
std::string_view ElementTypeName(ElementType type);

template <class T>
concept FileNumber = (std::is_integral_v<T> && !std::is_same_v<T, bool> &&
                      !std::is_same_v<T, char>) ||
                     std::is_same_v<T, float> || std::is_same_v<T, double>;

template <FileNumber T>
constexpr ElementType ElementTypeOf() {
  if constexpr (std::is_same_v<T, float>) {
    return ElementType::kF32;
  } else if constexpr (std::is_same_v<T, double>) {
    return ElementType::kF64;
  } else if constexpr (std::is_signed_v<T>) {
    return sizeof(T) == 1   ? ElementType::kI8
           : sizeof(T) == 2 ? ElementType::kI16
           : sizeof(T) == 4 ? ElementType::kI32
                            : ElementType::kI64;
  } else {
    return sizeof(T) == 1   ? ElementType::kU8
           : sizeof(T) == 2 ? ElementType::kU16
           : sizeof(T) == 4 ? ElementType::kU32
                            : ElementType::kU64;
  }
}

// A name of the user's (task, column, layer) as a component of a path: every
// byte outside [A-Za-z0-9_.-] becomes %XX, and so does a leading '.' or '-'.
// "" is an error (kBadInput). Of more than 255 bytes a digest replaces the end.
// Writers put the true name into the attribute `name` when it differs.
std::string EscapeName(std::string_view name);
// The inverse of what is not so cut; a '%' without two hexadecimal digits
// stands for itself.
std::string UnescapeName(std::string_view component);

}  // namespace mtlkit
