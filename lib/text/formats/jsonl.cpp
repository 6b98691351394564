#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "text/format.h"
#include "text/json_line.h"
#include "text/text_lists.h"
#include "text/text_window.h"

// JSON lines (jsonlines.org, also NDJSON): one flat object a line. The columns
// are the names of all objects, so that the whole text is read for them first.

namespace mtlkit {
namespace {

// Rows of a dense table may be mostly empty, but not so that names seem to be
// values: reading takes rows times columns.
constexpr double kFreeCells = 1 << 24;
constexpr double kMostCellsPerValue = 256;

class JsonLinesReader : public RowReader {
 public:
  JsonLinesReader(TextSource* source, const TextOptions& options)
      : window_(source), most_columns_(options.most_columns) {
    // Texts such as NA are values, unless somebody says otherwise.
    if (options.are_markers_chosen) markers_ = options.missing;
    FindColumns();
    has_columns_ = true;
    JsonLinesReader::Rewind();
  }

  const std::vector<Column>& columns() const override { return columns_; }
  bool may_lack_columns() const override { return true; }
  std::string Describe() const override { return "JSON lines"; }

  void Rewind() override {
    window_.Rewind();
    line_ = 0;
    row_ = 0;
    std::ranges::fill(seen_, 0);
  }

  bool Next(Row* row) override {
    if (!NextObject()) return false;
    row->line = line_;
    row->is_sparse = false;
    row->cells.assign(columns_.size(), Cell{"", true});
    std::size_t expected = 0;
    for (const JsonField& field : parser_.fields()) {
      const std::size_t column = Place(field.key, expected);
      expected = column + 1;
      row->cells[column] = {field.text, IsMissing(field)};
    }
    return true;
  }

 private:
  void FindColumns() {
    Index values = 0;
    while (NextObject()) {
      std::size_t expected = 0;
      for (const JsonField& field : parser_.fields()) {
        const std::size_t column = Place(field.key, expected);
        expected = column + 1;
        const bool is_missing = IsMissing(field);
        const bool is_number = field.kind == JsonField::Kind::kNumber;
        columns_[column].has_numbers |= !is_missing && is_number;
        columns_[column].has_texts |= !is_missing && !is_number;
      }
      values += std::ssize(parser_.fields());
      RequireDense(values);
    }
    if (row_ == 0) {
      Fail(ErrorKind::kBadInput, Str(window_.name(), ": no rows"),
           "every line is empty");
    }
    if (columns_.empty()) {
      Fail(ErrorKind::kBadInput,
           Str(window_.name(), ": no columns: all objects are empty"));
    }
  }

  void RequireDense(Index values) const {
    const auto columns = std::ssize(columns_);
    const double cells =
        static_cast<double>(row_) * static_cast<double>(columns);
    if (cells <= kFreeCells ||
        cells <= kMostCellsPerValue * static_cast<double>(values)) {
      return;
    }
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": ", columns,
             " different names in the first ", row_, " rows, which have ",
             values / row_, " each"),
         "names are those of columns, not values; sparse rows go as SVMlight");
  }

  // The next line with an object, in parser_.fields().
  bool NextObject() {
    std::string_view text;
    std::size_t bytes = 0;
    while (window_.PeekLine(line_ + 1, &text, &bytes)) {
      ++line_;
      char* const begin = window_.begin();
      window_.Consume(begin + bytes);
      if (Trim(text).empty()) continue;
      if (!parser_.Parse(begin, begin + text.size())) {
        FailHere(parser_.error(), parser_.hint());
      }
      ++row_;
      return true;
    }
    return false;
  }

  // The column of a name, usually the one behind that of the name before; a new
  // one in the first reading. Each comes once in a row.
  std::size_t Place(std::string_view name, std::size_t expected) {
    std::size_t column = expected;
    if (expected >= columns_.size() || columns_[expected].name != name) {
      column = Find(name);
    }
    if (seen_[column] == row_) {
      FailHere(Str("the name '", ShowText(name), "' comes twice"),
               "a row has each name once");
    }
    seen_[column] = row_;
    return column;
  }

  std::size_t Find(std::string_view name) {
    const auto at = places_.find(std::string(name));
    if (at != places_.end()) return at->second;
    if (has_columns_) {
      FailHere("changed while it was read",
               "run the command again when nothing writes to it");
    }
    if (std::ssize(columns_) >= most_columns_) {
      FailHere(Str("more than ", Counted(most_columns_, "column", "columns"),
                   ", which a table of --max-size may not have"),
               "raise --max-size");
    }
    if (name.empty()) FailHere("a name is empty", "columns have names");
    const std::size_t column = columns_.size();
    columns_.emplace_back().name = name;
    seen_.push_back(0);
    places_.emplace(name, column);
    return column;
  }

  bool IsMissing(const JsonField& field) const {
    return field.kind == JsonField::Kind::kNull || field.text.empty() ||
           std::ranges::find(markers_, field.text) != markers_.end();
  }

  [[noreturn]] void FailHere(const std::string& problem,
                             const std::string& hint) const {
    Fail(ErrorKind::kBadInput, Str(window_.name(), ":", line_, ": ", problem),
         hint);
  }

  TextWindow window_;
  Index most_columns_;
  std::vector<std::string> markers_;  // of missing values, beside null
  JsonLineParser parser_;
  std::vector<Column> columns_;
  std::unordered_map<std::string, std::size_t> places_;  // of columns, by name
  bool has_columns_ = false;  // all of them are known
  std::vector<Index> seen_;   // by column: the last row that has it
  Index line_ = 0;            // of the line read last
  Index row_ = 0;             // how many have been read
};

// A line that begins with an object, of which a name or nothing more is seen.
int RecognisesJsonLines(std::string_view head) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t brace = head.find_first_not_of(kBlanks);
  if (brace == std::string_view::npos || head[brace] != '{') return 0;
  const std::size_t next = head.find_first_not_of(kBlanks, brace + 1);
  const bool is_object =
      next == std::string_view::npos || head[next] == '"' || head[next] == '}';
  return is_object ? 2 : 0;
}

}  // namespace

extern const FormatEntry kJsonLinesFormat;
const FormatEntry kJsonLinesFormat = {
    "jsonl",
    "JSON lines: one object of numbers and texts a line",
    ".jsonl .ndjson",
    RecognisesJsonLines,
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<JsonLinesReader>(source, options);
    },
    "missing encoding"};

}  // namespace mtlkit
