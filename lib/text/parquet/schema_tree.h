#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/view.h"
#include "text/parquet/field.h"
#include "text/parquet/thrift_reader.h"

namespace mtlkit {

// An element of a schema, which lists a tree depth first; -1 where the file
// does not say it.
struct SchemaElement {
  std::string name;
  std::int64_t type = -1;
  std::int64_t width = 0;
  std::int64_t repetition = 0;  // 0 required, 1 optional, 2 repeated
  std::int64_t children = 0;
  std::int64_t converted = -1;
  std::int64_t scale = 0;
  // The number of a LogicalType and what stands in it.
  std::int64_t logical = -1;
  std::int64_t logical_scale = 0;
  std::int64_t bits = 0;
  bool is_signed = true;
  bool is_utc = false;
  std::int64_t unit = 0;  // 1 milliseconds, 2 microseconds, 3 nanoseconds
};

// Reads one element, at which `thrift` stands.
SchemaElement ReadSchemaElement(ThriftReader* thrift);

// What is below the root, as columns: a branch becomes one that is nested.
// Throws kBadInput for a list that is no tree, or types that do not fit.
void FieldsOfTree(const std::vector<SchemaElement>& tree,
                  std::vector<ParquetField>* fields);

}  // namespace mtlkit
