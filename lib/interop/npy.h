#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "interop/element_type.h"

namespace mtlkit {

// Texts of a fixed length, padded with NUL.
struct NpyTexts {
  Index length = 0;         // characters of an element
  bool is_unicode = false;  // of 4 bytes; otherwise of one, UTF-8
};

// The header of an array in NumPy's format (NEP 1), versions 1 to 3.
struct NpyHeader {
  ForeignElement type = ForeignElement::kFloat32;
  std::optional<NpyTexts> texts = {};  // then `type` says nothing
  bool big_endian = false;
  bool by_columns = false;  // Fortran's order
  std::vector<Index> shape;
  Index data = 0;  // where the elements begin
};

// kBadInput for anything else; objects (pickles), complex numbers and records
// are refused by name.
NpyHeader ReadNpyHeader(std::string_view bytes);

// All elements, row-major, as DecodeElementsAs has them. kBadInput for texts.
template <class T>
std::vector<T> ReadNpyElements(std::string_view bytes, const NpyHeader& header);
// Of texts, as UTF-8. kBadInput for what is none.
std::vector<std::string> ReadNpyTexts(std::string_view bytes,
                                      const NpyHeader& header);

}  // namespace mtlkit
