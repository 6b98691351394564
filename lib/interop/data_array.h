#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "interop/array_values.h"

namespace mtlkit {

// An array of another program's data, row-major. Cheap to copy.
struct DataArray {
  std::string name;  // "" in a file of one array
  std::vector<Index> shape;
  ArrayValues values;
  // Names of a matrix's columns; may be empty.
  std::vector<std::string> columns = {};
  // A sparse matrix, of compressed rows: `values` are entries, those of row i
  // [row_starts[i], row_starts[i + 1]), in these columns. Otherwise empty.
  Array<std::int64_t> row_starts = {};
  Array<std::int64_t> indices = {};
  // `inputs` or `tasks` where the file has it there, and it is a column
  // whatever its name is; else "".
  std::string group = {};
  // Numbers are seconds since 1970, NaN for no date.
  bool is_dates = false;
  // How messages call the file that it is of; "" where they need not.
  std::string file = {};

  bool is_text() const { return values.texts() != nullptr; }
  // A single value is no array of rows.
  Index rows() const { return shape.empty() ? 0 : shape.front(); }
};

// The arrays of a file.
struct ArrayFile {
  std::string sha256;  // of its bytes, unpacked
  Index bytes = 0;     // how many they are
  std::vector<DataArray> arrays;
};

// Which arrays of a file are wanted; empty: all.
using ArrayPaths = std::span<const std::string>;

// One line of the registry array_formats.def.
struct ArrayFormat {
  std::string_view name;
  std::string_view help;
  // Whether a file that begins so may be one. `head` is its first 4096 bytes.
  bool (*matches)(std::string_view head);
  // Throws kBadInput without the file's name in front.
  // Arrays that are not there are the caller's to miss.
  std::vector<DataArray> (*read)(const MappedBytes& file, ArrayPaths wanted);
};
std::span<const ArrayFormat* const> ArrayFormats();

// The format that knows a file by its first 4096 bytes; null: none.
const ArrayFormat* FindArrayFormat(std::string_view head);

// An array under another name.
struct ArrayChoice {
  std::string name;
  std::string path;  // in the file
};

// Reads those chosen, or all, of a file or of stdin ("-"). Nothing in the file
// is ever executed. Throws, with the name in front: kMissingInput; kBadInput
// where no format knows it, it is damaged, has more than `most` bytes, or lacks
// an array.
ArrayFile ReadArrayFile(const std::string& path, Index most,
                        std::span<const ArrayChoice> chosen = {});

}  // namespace mtlkit
