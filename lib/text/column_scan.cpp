#include "text/column_scan.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "text/digit_groups.h"
#include "text/number_text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// A quote that is not closed makes a cell of many lines; where a format knows
// texts, they may be documents.
constexpr std::size_t kMaxCategoryBytes = 4096;
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;
// Numbers beyond this many more than texts: the column will be one of numbers.
constexpr Index kHopelessNumbers = 1000;

bool HasCommasAsGroups(std::string_view text) {
  static const DigitGroups commas(",", '.');
  return commas.IsGrouped(text);
}

// What to do about a text among numbers. Where it is the only one that is known
// of its column its comma can be either.
std::string AdviceForText(const ColumnScan& column, const CellPlace& place,
                          char decimal) {
  if (column.is_unnamed && place.where.ends_with(":1")) {
    return Str(
        "if the first line names the columns: --header yes; else "
        "declare ",
        TypeFlag(column, "category"));
  }
  double seconds = 0;
  if (DateFormat().Parse(place.text, &seconds)) {
    return Str(
        "it is a date, and most are numbers: write dates alike in all "
        "rows and files, or declare ",
        TypeFlag(column, "category"));
  }
  const bool is_decimal = decimal == '.' && IsCellNumber(place.text, ',');
  const bool is_grouped = HasCommasAsGroups(place.text) && column.are_grouped;
  constexpr std::string_view kGroups = "if the comma groups its digits: ";
  if (is_grouped && (!is_decimal || column.texts > 0)) {
    return Str(kGroups, "--thousands ,");
  }
  if (is_grouped) {
    return Str(kGroups,
               "--thousands ,; if it is its decimal sign: --decimal ,");
  }
  if (is_decimal) return "if the comma is its decimal sign: --decimal ,";
  return Str("declare ", TypeFlag(column, "category"),
             ", or list it under --missing");
}

// Whether a number with a decimal comma may be one whose digits it groups.
void NoteComma(const LinePlace& place, std::string_view text,
               ColumnScan* column) {
  if (column->has_decimals) return;  // the comma is the decimal sign
  if (text.find(',') == std::string_view::npos) {
    ++column->wholes;
  } else if (!HasCommasAsGroups(text)) {
    column->has_decimals = true;
  } else if (column->first_grouped.where.empty()) {
    column->first_grouped = MakePlace(place, text);
  }
}

[[noreturn]] void FailNotANumber(const ColumnScan& column,
                                 const CellPlace& place, char decimal) {
  // Only ARFF declares numbers itself.
  FailCell(place, column, "is not a number",
           column.column.type == ColumnType::kNumber
               ? Str("write ? for a missing value, or declare ",
                     TypeFlag(column, "category"))
               : AdviceForText(column, place, decimal));
}

// What stands for no value in tables, but may be a value, too.
constexpr std::string_view kLikelyMarkers[] = {
    "None",    "none",    "NONE",    "#N/A",   "<NA>", "n/a",  "N/a",
    "na",      "Na",      "Nan",     "NAN",    "NaT",  "Null", "nil",
    "missing", "Missing", "#VALUE!", "-",      "--",   "---",  ".",
    "..",      "*",       "#NULL!",  "#DIV/0!"};

bool IsLikelyMarker(std::string_view text) {
  return std::ranges::count(kLikelyMarkers, text) > 0;
}

// Whether a column of texts and fewer numbers is one of numbers, of which most
// are missing: one text only, or only such as mark missing values, beside them.
bool IsMostlyMissing(const ColumnScan& column) {
  if (column.numbers == 0 || column.texts == 0) return false;
  if (column.are_markers) return true;
  // A code of two values may well be a word and a number.
  return column.is_one_text && !column.is_one_number;
}

[[noreturn]] void FailMostlyMissing(const ColumnScan& column) {
  const std::string cells =
      Str("in ", column.texts, " of ", column.numbers + column.texts, " cells");
  FailCell(column.first_text, column,
           Str(column.is_one_text ? "is " : "and its like are ", cells,
               " of a column of numbers"),
           Str("where it stands for no value list it under --missing, where it "
               "is one ",
               TypeFlag(column, "category")));
}

void NoteText(std::string_view text, ColumnScan* column) {
  if (column->texts == 1) column->only_text = text;
  if (column->texts > 1 && text != column->only_text) {
    column->is_one_text = false;
  }
  column->are_grouped = column->are_grouped && HasCommasAsGroups(text);
  column->are_markers = column->are_markers && IsLikelyMarker(text);
}

// Numbers that begin anew, as those of a second file do, go on running.
void NoteNumber(double value, ColumnScan* column) {
  if (column->numbers == 1) column->first_number = value;
  column->is_one_number &= value == column->first_number;
  if (!column->is_running) return;
  const bool begins = value == column->first_number;
  column->is_running =
      begins ? value == 0 || value == 1 : value == column->last_number + 1;
  column->restarts += begins && column->numbers > 1;
  column->last_number = value;
}

void CheckDeclared(const LinePlace& place, std::string_view text,
                   const ColumnScan& column) {
  const std::vector<std::string>& known = column.column.categories;
  if (known.empty() ||
      std::find(known.begin(), known.end(), text) != known.end()) {
    return;
  }
  FailCell(MakePlace(place, text), column, "is not one of its declared values",
           "");
}

std::vector<std::string> Texts(const CategoryMap& map) {
  std::vector<std::string> texts;
  texts.reserve(map.size());
  for (const auto& entry : map) texts.push_back(entry.first);
  std::sort(texts.begin(), texts.end(), NaturalLess);
  return texts;
}

// The user's first, which are all of classes that occur; a model's where they
// do. Each is of what the file has, so that two classes may change places.
void Rename(const ScanOptions& options, ColumnScan* column) {
  for (const auto& [from, to] : column->renames) {
    if (column->categories.count(from) > 0) continue;
    Fail(ErrorKind::kUsage,
         Str("--rename-class: column '", column->column.name,
             "' has no class '", ShowText(from), "'"),
         Str("known: ", ShowNames(Texts(column->categories))));
  }
  for (const std::vector<std::string>& rename : options.model_renames) {
    if (rename[0] != column->column.name &&
        rename[0] != Str(options.view, ".", column->column.name)) {
      continue;
    }
    if (column->categories.count(rename[1]) == 0) continue;
    column->renames.emplace_back(rename[1], rename[2]);
  }
  if (column->renames.empty()) return;
  CategoryMap renamed;
  for (const auto& [text, category] : column->categories) {
    renamed[std::string(Renamed(*column, text))].files |= category.files;
  }
  column->categories = std::move(renamed);
}

}  // namespace

void CellScanner::Scan(const LinePlace& place, std::string_view text,
                       bool missing, ColumnScan* column) const {
  if (column->IsMissing(text, missing)) {
    ++column->missing;
  } else if (column->type == ColumnType::kCategory) {
    AddCategory(place, text, column);
  } else if (column->type == ColumnType::kDate) {
    ScanDate(place, text, column);
  } else if (column->type == ColumnType::kUnknown) {
    ScanUnknown(place, text, column);
  } else if (ScanNumber(place, text, column) == Seen::kText) {
    FailNotANumber(*column, MakePlace(place, text), options_.decimal);
  }
}

CellScanner::Seen CellScanner::ScanNumber(const LinePlace& place,
                                          std::string_view text,
                                          ColumnScan* column) const {
  double value = 0;
  const NumberText kind = ParseCellNumber(text, options_.decimal, &value);
  if (kind == NumberText::kOther || kind == NumberText::kNotANumber) {
    return Seen::kText;
  }
  const std::vector<double>& markers = options_.missing_numbers;
  if (!markers.empty() &&
      std::find(markers.begin(), markers.end(), value) != markers.end()) {
    ++column->missing;
    return Seen::kMissing;
  }
  if (kind == NumberText::kInfinite && column->first_infinite.where.empty()) {
    column->first_infinite = MakePlace(place, text);
  }
  ++column->numbers;
  NoteNumber(value, column);
  if (options_.decimal == ',') NoteComma(place, text, column);
  if (kind == NumberText::kNumber) column->loss.Note(place, text, value);
  if (column->column.is_decimal) column->loss.NoteDecimal(place, text, value);
  if (!column->needs_double && options_.precision == "auto") {
    column->needs_double = !SurvivesSinglePrecision(text, value);
  }
  return Seen::kNumber;
}

void CellScanner::ScanUnknown(const LinePlace& place, std::string_view text,
                              ColumnScan* column) const {
  switch (ScanNumber(place, text, column)) {
    case Seen::kMissing:
      return;
    case Seen::kNumber: {
      const bool hopeless = column->numbers > column->texts + kHopelessNumbers;
      if (column->texts == 0 || hopeless) {
        column->has_all_categories = false;
        column->categories.clear();
      }
      break;
    }
    case Seen::kText:
      ++column->texts;
      NoteText(text, column);
      if (column->first_text.where.empty()) {
        column->first_text = MakePlace(place, text);
      }
      if (column->was_number && options_.decimal != '.' &&
          column->first_pointed.where.empty() && IsCellNumber(text, '.')) {
        column->first_pointed = MakePlace(place, text);
      }
      break;
  }
  if (column->has_all_categories) AddCategory(place, text, column);
}

void CellScanner::AddCategory(const LinePlace& place, std::string_view text,
                              ColumnScan* column) const {
  auto found = column->categories.find(text);
  if (found == column->categories.end()) {
    CheckText(place, text, *column);
    CheckDeclared(place, text, *column);
    found = column->categories.emplace(text, Category()).first;
  }
  found->second.files |= mark_;
}

namespace {

// Whole numbers of many digits are names more often than amounts: two of them
// may not become one without a word.
void KeepDigits(const ScanOptions& options, ColumnScan* column) {
  const CellPlace& first = column->loss.first_rounded;
  if (column->is_declared || first.where.empty()) return;
  if (options.for_model) {
    column->type = ColumnType::kCategory;
    column->has_all_categories = false;
    return;
  }
  double rounded = 0;
  ParseCellNumber(first.text, options.decimal, &rounded);
  FailCell(first, *column,
           Str("has more digits than double precision holds, it would become ",
               WholeText(rounded)),
           Str(TypeFlag(*column, "category"),
               " keeps them apart (id: as names "
               "of the rows), ",
               TypeFlag(*column, "number"), " rounds"));
}

void RequireOneKind(const ScanOptions& options, const ColumnScan& column) {
  if (column.numbers > column.texts && column.texts > 0) {
    FailNotANumber(column, column.first_text, options.decimal);
  }
  if (IsMostlyMissing(column)) FailMostlyMissing(column);
}

void RequireNoRenames(const ColumnScan& column, std::string_view contents) {
  Require(column.renames.empty(), ErrorKind::kUsage,
          Str("--rename-class: column '", column.column.name, "' holds ",
              contents, ", not classes"),
          Str("declare it first: ", TypeFlag(column, "category")));
}

}  // namespace

void DecideType(const ScanOptions& options, bool is_named, ColumnScan* column) {
  if (column->type == ColumnType::kUnknown) {
    // What a model makes of words among numbers is for it to say.
    if (!options.for_model) RequireOneKind(options, *column);
    if (!column->first_pointed.where.empty()) {
      FailNotANumber(*column, column->first_pointed, options.decimal);
    }
    const bool has_values = column->numbers > 0 || column->texts > 0;
    const bool is_date = column->texts > 0 && column->is_date_if_text;
    if (is_date) column->has_all_categories = false;  // to be read again
    column->type = is_date                  ? ColumnType::kDate
                   : column->texts > 0      ? ColumnType::kCategory
                   : is_named || has_values ? ColumnType::kNumber
                                            : ColumnType::kIgnore;
  }
  if (column->type == ColumnType::kDate) {
    RequireExactDates(options, *column);
    RequireNoRenames(*column, "dates");
  }
  if (column->type != ColumnType::kNumber) return;
  if (!column->first_infinite.where.empty()) {
    const bool is_finite = column->first_infinite.text.find_first_of(
                               "0123456789") != std::string::npos;
    FailCell(column->first_infinite, *column,
             is_finite ? "is beyond the range of double precision, 1.8e308"
                       : "is infinite",
             Str(column->column.type == ColumnType::kNumber
                     ? "write ? for a missing value, or declare "
                     : "list it under --missing, or declare ",
                 TypeFlag(*column, "category")));
  }
  KeepDigits(options, column);
  if (column->type != ColumnType::kNumber) return;
  column->categories.clear();
  column->needs_double |= options.precision == "double";
  RequireNoRenames(*column, "numbers");
}

void SortCategories(const ScanOptions& options, ColumnScan* column) {
  for (const std::string& declared : column->column.categories) {
    column->categories.emplace(declared, Category());
  }
  Rename(options, column);
  Require(static_cast<Index>(column->categories.size()) <
              std::numeric_limits<std::int32_t>::max(),
          ErrorKind::kBadInput,
          Str("column '", column->column.name, "' has too many categories"));
  column->sorted = SortTexts(&column->categories);
}

std::vector<std::string> SortTexts(CategoryMap* map) {
  std::vector<std::string> texts = Texts(*map);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    (*map)[texts[i]].code = static_cast<std::int32_t>(i);
  }
  return texts;
}

void CheckText(const LinePlace& place, std::string_view text,
               const ColumnScan& column) {
  const std::size_t most =
      column.column.is_text() ? kMaxTextBytes : kMaxCategoryBytes;
  if (text.size() > most) {
    FailCell(MakePlace(place, text), column,
             Str("has ", text.size(), " bytes: too long for a category"),
             TypeFlag(column, "ignore") + " leaves the column out");
  }
  if (!IsValidUtf8(text)) {
    FailCell(MakePlace(place, text), column, "is not UTF-8",
             "--encoding cp1252 converts text of Windows, latin1 that of ISO "
             "8859-1");
  }
}

void RequireNoDates(const std::vector<ColumnScan>& columns) {
  for (const ColumnScan& column : columns) {
    Require(column.type != ColumnType::kDate, ErrorKind::kUsage,
            Str("--type ", column.column.name,
                "=date: rows are sparse, and what they leave out is no date"),
            "write dense rows");
  }
}

std::string_view Renamed(const ColumnScan& column, std::string_view text) {
  for (const auto& [from, to] : column.renames) {
    if (text == from) return to;
  }
  return text;
}

}  // namespace mtlkit
