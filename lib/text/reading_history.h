#pragma once

#include <string>
#include <string_view>

#include "text/convert.h"

namespace mtlkit {

// Sets how text is read (missing markers, decimal sign, comments, encoding) as
// the texts were that a history (a JSON array of provenance) begins with, so
// that the same cell means the same in rows that are to be predicted. Returns
// the flags of mtl-convert that say so, for people; "" where all were usual, or
// the history does not know. Throws kBadInput where texts of the history were
// read in different ways: nobody can say which is meant.
std::string ReadAsBefore(std::string_view provenance, ConvertOptions* options);

}  // namespace mtlkit
