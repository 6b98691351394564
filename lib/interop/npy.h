#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "h5/mapped_bytes.h"
#include "interop/array_values.h"
#include "interop/element_type.h"
#include "interop/npy_dates.h"

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
  std::optional<NpyDates> dates = {};  // then elements are counts of these
  bool big_endian = false;
  bool by_columns = false;  // Fortran's order
  std::vector<Index> shape;
  Index data = 0;  // where the elements begin
};

// kBadInput for anything else; objects (pickles), complex numbers, records and
// spans of time are refused by name.
NpyHeader ReadNpyHeader(std::string_view bytes);

// All elements, row-major, rounded. kBadInput for texts and dates.
std::vector<Real> ReadNpyNumbers(const MappedBytes& file,
                                 const NpyHeader& header);
// All elements, row-major, as they are: numbers as MapNumbers has them, texts
// as UTF-8, dates as SecondsOfDates. kBadInput for what is none.
ArrayValues ReadNpyValues(const MappedBytes& file, const NpyHeader& header);

}  // namespace mtlkit
