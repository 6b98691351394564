#pragma once

#include "h5/mapped_bytes.h"
#include "interop/array_values.h"
#include "interop/element_type.h"

namespace mtlkit {

// The numbers of `data`, which holds a whole number of elements, as exact as
// they were: bytes as bytes, other whole numbers and truth values as int64,
// half precision as float. Where they lie, if they are so there; else spilled.
// kBadInput as DecodeElementsAs.
ArrayValues MapNumbers(ForeignElement type, const MappedBytes& data,
                       bool big_endian);
// Of whole numbers alone.
Array<std::int64_t> MapWholes(ForeignElement type, const MappedBytes& data,
                              bool big_endian);

}  // namespace mtlkit
