#pragma once

#include <string_view>
#include <vector>

#include "base/view.h"
#include "text/parquet/field.h"
#include "text/parquet/page_memory.h"

namespace mtlkit {

// The pages of one column in one group of rows.
struct ColumnChunk {
  Index begin = 0;  // in the file
  Index size = 0;
  Index values = 0;  // nulls included
  int codec = 0;     // parquet.thrift: CompressionCodec
};

struct RowGroup {
  Index rows = 0;
  std::vector<ColumnChunk> chunks;  // one a leaf, in the order of the schema
};

struct ParquetFooter {
  Index rows = 0;
  std::vector<ParquetField> fields;
  std::vector<RowGroup> groups;
};

// Reads the footer of a file: what stands between its pages and the length and
// signature at its end. All that it says is within the file: extents of
// chunks, numbers of columns and rows that agree. More than `most_columns`
// columns, or what `memory` does not grant, is refused.
// `pages_end`: where the footer begins in the file.
ParquetFooter ReadParquetFooter(std::string_view bytes, Index pages_end,
                                Index most_columns, PageMemory* memory);

}  // namespace mtlkit
