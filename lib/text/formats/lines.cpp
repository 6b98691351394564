#include "base/error.h"
#include "text/line_reader.h"

// A text a line. An empty line is a row without a text.

namespace mtlkit {
namespace {

class LinesReader : public RowReader {
 public:
  LinesReader(TextSource* source, const TextOptions& options) : lines_(source) {
    Require(options.names.size() <= 1, ErrorKind::kUsage,
            Str("--names: ", options.names.size(),
                " names for the one column "
                "of a text a line"));
    columns_.push_back(
        TextColumnOf(options.names.empty() ? "text" : options.names.front()));
  }

  const std::vector<Column>& columns() const override { return columns_; }
  std::string Describe() const override { return "a text a line"; }
  void Rewind() override { lines_.Rewind(); }

  bool Next(Row* row) override {
    std::string_view text;
    if (!lines_.Next(&text)) return false;
    row->line = lines_.line();
    row->is_sparse = false;
    row->cells.assign(1, TextCell(text));
    return true;
  }

 private:
  LineReader lines_;
  std::vector<Column> columns_;
};

}  // namespace

extern const FormatEntry kLinesFormat;
const FormatEntry kLinesFormat = {
    "lines",
    "a text a line (--format lines)",
    ".lines",
    [](std::string_view) { return 0; },
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<LinesReader>(source, options);
    },
    "names encoding"};

}  // namespace mtlkit
