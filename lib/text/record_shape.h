#pragma once

#include <string>
#include <vector>

namespace mtlkit {

using TextRecords = std::vector<std::vector<std::string>>;

// How the first record of a text, its header, fits those below.
struct RecordShape {
  // The header names one column fewer than each record has cells: the first
  // are names of rows, as write.table of R writes them.
  bool has_row_names = false;
  // A delimiter ends each record but the header, or the header only.
  bool has_last_delimiters = false;
  bool has_last_name = false;
};

RecordShape ShapeOf(const TextRecords& records, char decimal);

// Whether the first record is a header without a name for names of rows.
bool HasRowNames(const TextRecords& records, char decimal);

}  // namespace mtlkit
