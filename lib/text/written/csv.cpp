// csv: RFC 4180, with a header; an empty cell is missing.
#include "text/csv_cells.h"
#include "text/row_writer.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

class CsvRows : public TextRowWriter {
 public:
  CsvRows(std::string* buffer, bool safe_cells)
      : TextRowWriter(buffer), cells_(safe_cells) {}

  Index formulas() const { return cells_.formulas(); }
  void EndRow() override { buffer_ += '\n'; }

 private:
  void OpenRow() override {}
  void OpenCell(Index column) override {
    if (column > 0) buffer_ += ',';
  }
  void PutMissing() override {}
  void PutText(std::string_view text) override {
    cells_.Append(text, &buffer_);
  }

  CsvCells cells_;
};

void WriteCsv(const WrittenTable& table, const WritingOptions& options,
              const std::string& output, Reporter* reporter) {
  std::string buffer;
  CsvRows rows(&buffer, options.guard.safe_cells);
  rows.BeginRow();
  for (const std::string& name : NamesOf(table.columns)) rows.Text(name);
  rows.EndRow();
  WriteRows(table, &rows, &buffer, output);
  options.guard.Note(rows.formulas(), reporter);
}

}  // namespace

extern const WrittenFormat kCsvOutput;
const WrittenFormat kCsvOutput = {
    "csv",
    ".csv",
    "CSV",
    "comma-separated values with a header; an empty cell is missing",
    "safe-cells split",
    WrittenFormat::Source::kColumns,
    WriteCsv};

}  // namespace mtlkit
