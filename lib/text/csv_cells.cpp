#include "text/csv_cells.h"

#include "base/error.h"
#include "base/text.h"
#include "text/wide_blank.h"

namespace mtlkit {
namespace {

bool IsFormulaCell(std::string_view text) {
  double number = 0;
  return !text.empty() &&
         std::string_view("=+-@\t\r").find(text.front()) != text.npos &&
         !ParseNumber(text, &number);
}

void AppendQuoted(std::string_view cell, std::string* text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool blank_ends = cell.empty() || is_blank(cell.front()) ||
                          is_blank(cell.back()) || WideBlankBefore(cell) > 0 ||
                          WideBlankBehind(cell) > 0;
  if (!blank_ends && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    *text += cell;
    return;
  }
  *text += '"';
  for (const char c : cell) {
    if (c == '"') *text += '"';
    *text += c;
  }
  *text += '"';
}

}  // namespace

void CsvCells::Append(std::string_view cell, std::string* text) {
  if (!IsFormulaCell(cell)) return AppendQuoted(cell, text);
  ++formulas_;
  AppendQuoted(is_safe_ ? Str("'", cell) : std::string(cell), text);
}

void CellGuard::Describe(Fields& fields) {
  fields.Field(
      {.name = "safe-cells",
       .help = "in CSV an apostrophe before texts that begin with = + - or "
               "@, which spreadsheets run as formulas",
       .in_settings = false},
      safe_cells);
}

void CellGuard::RequireCsv(bool is_csv, std::string_view written) const {
  Require(!safe_cells || is_csv, ErrorKind::kUsage,
          Str("--safe-cells has no effect: ", written, " is written, not CSV"),
          "leave it out");
}

void CellGuard::Note(Index formulas, Reporter* reporter) const {
  if (formulas == 0 || safe_cells) return;
  reporter->Note(Str(Counted(formulas, "text begins", "texts begin"),
                     " with = + - or @, which spreadsheets run as formulas; "
                     "--safe-cells guards them"));
}

}  // namespace mtlkit
