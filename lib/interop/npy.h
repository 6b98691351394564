#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "interop/element_type.h"

namespace mtlkit {

// The header of an array in NumPy's format (NEP 1), versions 1 to 3.
struct NpyHeader {
  ForeignElement type = ForeignElement::kFloat32;
  bool big_endian = false;
  bool by_columns = false;  // Fortran's order
  std::vector<Index> shape;
  Index data = 0;  // where the elements begin
};

// kBadInput for anything else; objects (pickles), texts, complex numbers and
// records are refused by name.
NpyHeader ReadNpyHeader(std::string_view bytes);

// All elements, row-major.
std::vector<Real> ReadNpyElements(std::string_view bytes,
                                  const NpyHeader& header);

}  // namespace mtlkit
