#pragma once

#include <string>

#include "base/view.h"

namespace mtlkit {

// How values are stored (parquet.thrift: Type).
enum class PhysicalType {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kInt96 = 3,
  kFloat = 4,
  kDouble = 5,
  kBytes = 6,
  kFixedBytes = 7,
};

// What they stand for. Of the two ways in which a schema says it, the newer
// one counts (parquet.thrift: LogicalType before ConvertedType).
enum class Meaning {
  kNumber,  // as the physical type says; of bytes: text
  kUnsigned,
  kDecimal,
  kHalf,  // IEEE 754 of 16 bits
  kDate,
  kTime,
  kTimestamp,
  kUuid,
  kNothing,  // a column of nulls
  kOther,    // what no cell of a table says: intervals, binary JSON
};

// A column of the schema.
struct ParquetField {
  std::string name;
  // Lists, maps and structs, whose parts are `leaves` columns of the file.
  bool is_nested = false;
  Index leaves = 1;

  // Of a column that is not nested:
  PhysicalType physical = PhysicalType::kInt32;
  Meaning meaning = Meaning::kNumber;
  bool is_optional = false;  // holds nulls
  Index width = 0;           // bytes of a value of kFixedBytes
  Index scale = 0;           // digits of a decimal behind its point
  Index second_digits = 0;   // of times: 3, 6 or 9 behind seconds
  bool is_utc = false;       // of timestamps
  char decimal = '.';        // as numbers are to be written

  // Of pandas: the names of rows, which had no name themselves.
  bool is_nameless_index = false;
};

}  // namespace mtlkit
