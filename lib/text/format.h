#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "text/text_source.h"

namespace mtlkit {

enum class ColumnType { kUnknown, kNumber, kCategory, kId, kIgnore, kDate };
// "number", "category", "id", "ignore", "date"; kUnknown is "".
std::string_view ColumnTypeName(ColumnType type);
ColumnType ParseColumnType(std::string_view name);

// What a format says of a column before any row is read.
struct Column {
  std::string name;
  ColumnType type = ColumnType::kUnknown;
  // What it is if nobody declares it and its name does not say that it is the
  // id: a format with types (Parquet) knows words, which are none of numbers
  // even where all are digits, dates (in the forms of ISO 8601), and what is no
  // data (kIgnore). Cells of kUnknown are looked at.
  ColumnType stored = ColumnType::kUnknown;
  // Declared by the format (ARFF); empty: the values that occur. Other values
  // are then an error.
  std::vector<std::string> categories;
  // Numbers that are stored as decimals, digit by digit.
  bool is_decimal = false;
  // The file says that it is to be predicted.
  bool is_label = false;
  // Where the format tells texts from numbers, whether it has some. What is all
  // texts is of categories, whatever they look like.
  bool has_texts = false;
  bool has_numbers = false;
  bool is_text() const { return has_texts && !has_numbers; }
};

// One value as it stands in the file, without quotes and blanks round it.
struct Cell {
  std::string_view text;
  bool missing = false;
};

struct SparseCell {
  Index column = 0;
  std::string_view text;
};

// One row; views into the reader's buffer, valid until the next row is read.
struct Row {
  Index line = 0;  // of the file, counted from 1, where the row begins
  bool is_sparse = false;
  std::vector<Cell> cells;          // dense: one a column
  std::vector<SparseCell> entries;  // sparse: the rest is 0, or the first class
  std::vector<std::string_view> labels;  // SVMlight: what stands in front
  // The same in the files of further tasks (task_files.h).
  std::vector<std::vector<std::string_view>> task_labels;
  std::optional<std::int64_t> group;  // SVMlight: qid
};

// Settings that readers of text share; each format takes those that it knows.
struct TextOptions {
  std::string delimiter;        // one character or its name; "": guess
  std::string header = "auto";  // yes | no | auto
  char decimal = '.';
  std::string thousands = "none";  // what groups digits, see DigitGroups
  std::vector<std::string> missing = {"?",   "NA",   "N/A", "NaN",
                                      "nan", "null", "NULL"};
  // They hold even where a format knows which cells are missing: by the user,
  // or of the texts before.
  bool are_markers_chosen = false;
  std::string comment;              // lines that begin so are skipped
  Index skip = 0;                   // lines at the beginning
  Index skip_after_header = 0;      // records between the header and the rows
  std::vector<std::string> names;   // of the columns; empty: those of the file
  std::vector<std::string> labels;  // ARFF: attributes that are labels
  std::string index_base = "auto";  // SVMlight: 0 | 1 | auto
  Index most_columns = Index{1} << 20;  // of one table
  Index most_bytes = Index{1} << 33;    // of what a reader holds at a time
};

// How the columns of a file are numbered that only numbers them.
struct Numbering {
  int base = -1;       // number of the first column, 0 or 1; -1: not said
  Index features = 0;  // columns that the file declares; 0: not said
  Index labels = 0;    // that it declares, counted from 0; 0: not said
};

// Rows of one table, one after the other, as often as wanted. Not thread-safe.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Empty where columns are only numbered (SVMlight).
  virtual const std::vector<Column>& columns() const = 0;
  // False at the end. Throws kBadInput with file and line.
  virtual bool Next(Row* row) = 0;
  // Back to the first row.
  virtual void Rewind() = 0;
  // Says before the first row of which columns nobody wants the cells (one
  // truth value a column): they may come as missing, unread.
  virtual void PassOver(const std::vector<bool>& /*columns*/) {}
  // Says before the first row of which columns the cells are texts (one truth
  // value a column), which stay as they stand in the file.
  virtual void KeepTexts(const std::vector<bool>& /*columns*/) {}
  // Whether rows carry labels of their own in Row::labels (SVMlight). Entries
  // then hold column numbers as they stand in the file.
  virtual bool has_row_labels() const { return false; }
  // Whether a column may be absent that other files have: it is all missing.
  virtual bool may_lack_columns() const { return false; }
  virtual Numbering numbering() const { return {}; }
  // What was found out about the file: "delimiter ';', header".
  virtual std::string Describe() const = 0;
  // What speaks against how it is read, for a warning; "": nothing.
  virtual std::string Doubt() const { return ""; }
};

// A kind of table, listed in formats.def.
struct FormatEntry {
  std::string_view name;
  std::string_view help;
  std::string_view extensions;  // ".svm .libsvm"
  // How sure it is, from the first bytes of a text (whole lines but for the
  // last): 0 not at all, 1 it could be, 2 it says so itself.
  int (*recognises)(std::string_view head);
  std::unique_ptr<RowReader> (*open)(TextSource* source,
                                     const TextOptions& options);
  // Of the flags of conversion that not every format has those that it knows;
  // missing-numbers: only such markers of --missing as are numbers.
  std::string_view flags;
  SourceKind kind = SourceKind::kText;
};

// All formats, in the order of formats.def.
std::span<const FormatEntry* const> Formats();

// The format of that name, or, if it is empty, the one that a text says so
// itself, else by the extension of its name (that of a compression apart), else
// the one that could be. kUsage where a source is not of its kind.
const FormatEntry& FormatOf(TextSource* source, std::string_view format);

// Opens a text in its format. `source` must outlive the reader.
std::unique_ptr<RowReader> OpenRows(TextSource* source, std::string_view format,
                                    const TextOptions& options);

}  // namespace mtlkit
