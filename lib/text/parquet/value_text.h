#pragma once

#include <string>
#include <string_view>

#include "text/format.h"
#include "text/parquet/field.h"

namespace mtlkit {

// How a value, as ValueDecoder gives it, is written in a cell: numbers with the
// fewest digits that read back as the same number (decimals with all of
// theirs), dates and times as in ISO 8601, truth values as true and false,
// texts as they are; "" for NaN, which is missing. The result is in `value` or
// in `buffer`. Throws kBadInput for what is no text in UTF-8, and times beyond
// a day.
using ValueText = std::string_view (*)(std::string_view value,
                                       const ParquetField& field,
                                       std::string* buffer);

// Never null for a column that is not nested and whose meaning is not kOther.
ValueText ValueTextOf(const ParquetField& field);

// What the cells of a column are by its type: words, dates, or kUnknown, which
// are numbers.
ColumnType StoredType(const ParquetField& field);

}  // namespace mtlkit
