#pragma once

#include <string>
#include <string_view>

#include "base/options.h"
#include "base/reporter.h"
#include "base/view.h"

namespace mtlkit {

// Cells of CSV as RFC 4180 has them, each appended to a text. Spreadsheets take
// texts that begin with = + - or @ for formulas and run them; such cells are
// counted, and with `is_safe` get an apostrophe in front. A number is none.
class CsvCells {
 public:
  explicit CsvCells(bool is_safe = false) : is_safe_(is_safe) {}
  void Append(std::string_view cell, std::string* text);
  // Cells so far that a spreadsheet would run.
  Index formulas() const { return formulas_; }

 private:
  bool is_safe_;
  Index formulas_ = 0;
};

// What every tool that writes CSV has to say about such cells: a flag, and a
// note where it was not given.
struct CellGuard {
  bool safe_cells = false;

  void Describe(Fields& fields);
  // Throws kUsage if the flag is given where `written` is no CSV: "jsonl".
  void RequireCsv(bool is_csv, std::string_view written) const;
  void Note(Index formulas, Reporter* reporter) const;
};

}  // namespace mtlkit
