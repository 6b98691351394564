#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/known_columns.h"
#include "text/cell_place.h"
#include "text/date_text.h"
#include "text/format.h"
#include "text/number_loss.h"
#include "text/type_choice.h"

namespace mtlkit {

// Settings of the user that concern columns and labels.
struct ScanOptions {
  char decimal = '.';
  std::string precision = "auto";
  std::string index_base = "auto";
  std::string label_type = "auto";
  std::vector<std::string> label_tasks;  // of further files of SVMlight
  Index features = 0;
  // Of a model that is to read the rows: holds where nothing else is said.
  Numbering model_numbering = {};
  std::vector<std::string> model_ids;
  std::vector<TypeChoice> model_dates;
  KnownColumns known;  // of the table that is read
  std::vector<std::vector<std::string>> model_renames;
  // A model reads the rows: words among numbers, and numbers that double
  // precision would round, make a column one of texts, so that the model's
  // categories are told apart. That it wants numbers is for it to say.
  bool for_model = false;
  // Markers of missing values that are numbers: they count by value, so that
  // -200 stands for -200.0 too.
  std::vector<double> missing_numbers;
  // By column: the type that was asked for, and spellings that are joined.
  std::vector<TypeChoice> types;
  std::vector<std::vector<std::string>> renames;  // COLUMN OLD NEW
  bool are_markers_given = false;  // by the user: they hold for known classes
  bool joins_digits = false;       // of groups, in columns that hold no texts
  // Where there are several tables, the name of this one; what names a column
  // may be of another, or COLUMN or VIEW.COLUMN.
  std::string view;
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

// What the first reading of a table finds out about a column.
struct ColumnScan {
  Column column;  // as its format declares it
  ColumnType type = ColumnType::kUnknown;
  bool is_declared = false;  // by the user or the format
  bool is_renamed = false;   // its name had been taken
  bool is_unnamed = false;   // the file has no name for it
  bool is_date_if_text = false;
  bool was_number = false;         // to a model
  DateFormat date;                 // of a date: how it is written in text
  std::vector<bool> stored_dates;  // by file: it has them as ISO 8601 does
  Index numbers = 0;
  Index texts = 0;
  Index missing = 0;
  bool needs_double = false;  // a number changes in single precision
  CellPlace first_text;
  // Of what a model has as numbers: one with a point, which is not the decimal
  // sign here. The model would not know.
  CellPlace first_pointed;
  std::string only_text;      // the first of its texts that are no numbers
  bool is_one_text = true;    // there is no other
  bool are_grouped = true;    // all of them are numbers as "1,234"
  bool are_markers = true;    // all of them are such as mark missing values
  bool is_running = true;     // its numbers are 0, 1, 2 ... or 1, 2, 3 ...
  bool is_one_number = true;  // all are equal
  double first_number = 0;
  double last_number = 0;
  std::size_t restarts = 0;  // of what is running
  CellPlace first_infinite;
  // With a decimal comma: the first like "1,234", numbers without a comma, and
  // whether others have one that cannot group digits.
  CellPlace first_grouped;
  Index wholes = 0;
  bool has_decimals = false;
  NumberLoss loss;
  CategoryMap categories;
  bool has_all_categories = true;
  std::vector<std::string> sorted;  // the categories, in natural order
  std::vector<std::pair<std::string, std::string>> renames;  // old, new
  // Texts that are values here though they look like markers of missing ones.
  std::vector<std::string> values;

  bool IsMissing(std::string_view text, bool is_marker) const {
    return is_marker && (text.empty() || std::ranges::count(values, text) == 0);
  }
};

// Looks at the cells of a table, one after the other, and notes what each says
// of its column. Throws kBadInput, with place and column, for what a column of
// its declared type cannot hold.
class CellScanner {
 public:
  explicit CellScanner(const ScanOptions& options) : options_(options) {}

  // The file that is being read; files beyond the first 64 share no mark.
  void SetFile(std::size_t number) {
    file_ = number;
    mark_ = number < 64 ? std::uint64_t{1} << number : 0;
  }
  std::uint64_t mark() const { return mark_; }

  // A cell of a column that is neither ignored nor the id.
  void Scan(const LinePlace& place, std::string_view text, bool missing,
            ColumnScan* column) const;

 private:
  enum class Seen { kNumber, kMissing, kText };

  Seen ScanNumber(const LinePlace& place, std::string_view text,
                  ColumnScan* column) const;
  void ScanUnknown(const LinePlace& place, std::string_view text,
                   ColumnScan* column) const;
  void ScanDate(const LinePlace& place, std::string_view text,
                ColumnScan* column) const;
  void AddCategory(const LinePlace& place, std::string_view text,
                   ColumnScan* column) const;

  const ScanOptions& options_;
  std::size_t file_ = 0;
  std::uint64_t mark_ = 0;
};

// How dates of a column are written in a file of that number.
const DateFormat& DateFormatOf(const ColumnScan& column, std::size_t file);

// Throws kUsage where the precision that was asked for holds no dates, and
// kBadInput where times would be rounded of a column that nobody has declared.
void RequireExactDates(const ScanOptions& options, const ColumnScan& column);

// Settles the type of a column when all its cells are known. A column without
// any value and `is_named` is one of numbers, otherwise it is ignored.
void DecideType(const ScanOptions& options, bool is_named, ColumnScan* column);

// Renames and sorts the categories of a column and numbers them. Throws kUsage
// for a class that does not occur and that the user has named.
void SortCategories(const ScanOptions& options, ColumnScan* column);

// Throws kUsage where a column is one of dates: what sparse rows leave out is
// 0, which is no date that anybody wrote.
void RequireNoDates(const std::vector<ColumnScan>& columns);

// The texts of a map in natural order; their codes are set.
std::vector<std::string> SortTexts(CategoryMap* map);

// Throws kBadInput unless `text` can name a row or a category.
void CheckText(const LinePlace& place, std::string_view text,
               const ColumnScan& column);

// "--type 'a column=category'", with commas as lists take them.
std::string TypeFlag(const ColumnScan& column, std::string_view type);

// "a, b, c", the first 20.
std::string ShowNames(const std::vector<std::string>& names);

// `text` of a category as it is after renaming, once: what comes of one rename
// is not subject to another.
std::string_view Renamed(const ColumnScan& column, std::string_view text);

// Throws kBadInput for a cell: "adult.csv:3: column 'age': 'x' is no id".
[[noreturn]] void FailCell(const CellPlace& place, const ColumnScan& column,
                           std::string_view problem, std::string hint);

}  // namespace mtlkit
