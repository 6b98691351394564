#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "data/format.h"
#include "data/text_source.h"

namespace mtlkit {

// One of the files that are rows of a table.
struct TableFile {
  std::string split;  // "" if its rows are in none
  std::unique_ptr<TextSource> source;
  std::unique_ptr<RowReader> reader;
  Index rows = 0;  // known after the scan
};

// Settings of the user that concern columns and labels.
struct ScanOptions {
  char decimal = '.';
  std::string precision = "auto";
  std::string index_base = "auto";
  std::string label_type = "auto";
  Index features = 0;
  // By column: the type that was asked for, and spellings that are joined.
  std::vector<std::pair<std::string, ColumnType>> types;
  std::vector<std::vector<std::string>> renames;  // COLUMN OLD NEW
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct Category {
  std::int32_t code = -1;   // its place among the sorted
  std::uint64_t files = 0;  // bit i: occurs in file i (of the first 64)
};
using CategoryMap =
    std::unordered_map<std::string, Category, TextHash, std::equal_to<>>;

// Where something was first seen: "adult.csv:1043" and the text.
struct CellPlace {
  std::string where;
  std::string text;
};

// What the first reading of a table finds out about a column.
struct ColumnScan {
  Column column;  // as its format declares it
  ColumnType type = ColumnType::kUnknown;
  bool is_declared = false;  // by the user or the format
  Index numbers = 0;
  Index texts = 0;
  Index missing = 0;
  bool needs_double = false;  // a number changes in single precision
  CellPlace first_text;
  CellPlace first_infinite;
  CategoryMap categories;
  bool has_all_categories = true;
  std::vector<std::string> sorted;  // the categories, in natural order
  std::vector<std::pair<std::string, std::string>> renames;  // old, new
};

// The labels in front of SVMlight rows.
struct RowLabelScan {
  CategoryMap classes;
  Index labelled = 0;     // rows with a label
  bool is_single = true;  // every row has exactly one
  bool is_whole = true;   // all are whole numbers
  std::vector<std::string> sorted;
};

struct TableScan {
  Index rows = 0;
  std::vector<ColumnScan> columns;
  bool is_sparse = false;  // a file has sparse rows
  bool has_row_labels = false;
  RowLabelScan row_labels;
  Index entries = 0;        // of sparse rows
  Index first_feature = 0;  // smallest column number in a numbered file
  Index last_feature = -1;
  Numbering numbering;
  bool has_groups = false;
  bool has_ids = false;
  RowIds ids;
};

// Reads all rows once, infers the types of columns and collects their
// categories (renamed, sorted), and leaves the readers at their first row. A
// column is a number if all its values are; it is an error if most are. Throws
// kBadInput with file, line and column; kUsage for options that fit no column.
TableScan ScanTable(std::vector<TableFile>* files, const ScanOptions& options);

// `text` of a category as it is after renaming.
std::string_view Renamed(const ColumnScan& column, std::string_view text);

// Throws kBadInput for text that is no number.
[[noreturn]] void FailNotANumber(const ColumnScan& column,
                                 const CellPlace& place, char decimal);

}  // namespace mtlkit
