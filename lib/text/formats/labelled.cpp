#include "base/error.h"
#include "text/line_reader.h"

// A label, a tab and a text a line, without quotes: the text may hold any
// signs. Empty lines are passed over.

namespace mtlkit {
namespace {

class LabelledReader : public RowReader {
 public:
  LabelledReader(TextSource* source, const TextOptions& options)
      : lines_(source) {
    const std::vector<std::string>& names = options.names;
    Require(names.empty() || names.size() == 2, ErrorKind::kUsage,
            Str("--names: ", names.size(), " names for a label and a text"));
    columns_.push_back(TextColumnOf(names.empty() ? "label" : names[0]));
    columns_.push_back(TextColumnOf(names.empty() ? "text" : names[1]));
  }

  const std::vector<Column>& columns() const override { return columns_; }
  std::string Describe() const override { return "a label and a text a line"; }
  void Rewind() override { lines_.Rewind(); }

  bool Next(Row* row) override {
    std::string_view text;
    do {
      if (!lines_.Next(&text)) return false;
    } while (text.empty());
    const std::size_t tab = text.find('\t');
    if (tab == std::string_view::npos) {
      lines_.FailHere("no tab between a label and a text",
                      "a line is a label, a tab and a text; --format lines "
                      "reads texts alone");
    }
    row->line = lines_.line();
    row->is_sparse = false;
    row->cells = {TextCell(text.substr(0, tab)),
                  TextCell(text.substr(tab + 1))};
    return true;
  }

 private:
  LineReader lines_;
  std::vector<Column> columns_;
};

}  // namespace

extern const FormatEntry kLabelledFormat;
const FormatEntry kLabelledFormat = {
    "labelled",
    "a label, a tab and a text a line (--format labelled)",
    ".labelled",
    [](std::string_view) { return 0; },
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<LabelledReader>(source, options);
    },
    "names encoding"};

}  // namespace mtlkit
