#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "text/delimited_guess.h"
#include "text/digit_groups.h"
#include "text/format.h"
#include "text/number_text.h"
#include "text/record_parser.h"
#include "text/record_shape.h"
#include "text/text_window.h"

namespace mtlkit {
namespace {

// How much of a text is looked at to find its delimiter and header; up to the
// second where rows are so long that the first does not hold two of them.
constexpr std::size_t kGuessBytes = 1 << 18;
constexpr std::size_t kMostGuessBytes = std::size_t{1} << 25;

class DelimitedReader : public RowReader {
 public:
  DelimitedReader(TextSource* source, const TextOptions& options)
      : options_(options),
        window_(source),
        parser_(','),
        groups_(options.thousands, options.decimal) {
    for (const std::string& marker : options_.missing) {
      if (!marker.empty()) {
        starts_marker_[static_cast<unsigned char>(marker[0])] = true;
      }
    }
    FindSyntax();
    FindColumns();
    DelimitedReader::Rewind();
  }

  const std::vector<Column>& columns() const override { return columns_; }

  void Rewind() override {
    window_.Rewind();
    line_ = 1;
    empty_rows_ = 0;
    SkipLines();
    if (has_header_) NextRecord();
    for (Index i = 0; i < options_.skip_after_header && NextRecord(); ++i) {
    }
  }

  bool Next(Row* row) override {
    if (!NextRecord()) return false;
    std::vector<RawCell>& raw = parser_.cells();
    row->line = record_line_;
    row->is_sparse = false;
    DropLastCell(&raw);
    if (raw.size() != columns_.size()) FailRagged(raw.size());
    row->cells.resize(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
      raw[i].Unquote();
      const bool missing = IsMissing(raw[i].text());
      if (!keeps_text_[i]) raw[i].end = groups_.Join(raw[i].begin, raw[i].end);
      row->cells[i] = {raw[i].text(), missing};
    }
    return true;
  }

  void KeepTexts(const std::vector<bool>& columns) override {
    keeps_text_ = columns;
  }

  std::string Describe() const override {
    std::string text =
        Str("delimiter ", DelimiterName(parser_.delimiter()),
            has_header_ ? ", header" : ", no header", SaidToSkip(),
            shape_.has_row_names ? ", names of rows" : "");
    if (empty_rows_ > 0) text += Str(", empty lines skipped: ", empty_rows_);
    return text;
  }

  std::string Doubt() const override { return doubt_; }

 private:
  std::string SaidToSkip() const {
    const Index skipped = options_.skip_after_header;
    return skipped == 0 ? ""
                        : Str(", ", Counted(skipped, "row", "rows"),
                              " behind it left out");
  }

  // One column with the delimiter that was asked for, several with another.
  std::string DoubtOfDelimiter(const TextSample& sample,
                               const TextRecords& records) const {
    const bool is_narrow = std::ranges::all_of(
        records, [](const auto& record) { return record.size() == 1; });
    if (!is_narrow) return "";
    if (options_.delimiter.empty()) {
      const std::string doubt = DoubtOfOneColumn(records);
      return doubt.empty() ? "" : Str(window_.name(), ": ", doubt);
    }
    const char other = GuessDelimiter(sample);
    if (other == RecordParser::kBlanks) return "";
    const TextRecords wider = SampleRecords(sample, other);
    if (wider.empty() || wider.front().size() < 2) return "";
    return Str(window_.name(), ": with --delimiter ", options_.delimiter,
               " there is one column, with ", DelimiterName(other), " ",
               wider.front().size());
  }

  void FindSyntax() {
    SkipLines();
    std::size_t bytes = kGuessBytes;
    while (!FindSyntaxIn(bytes) && bytes < kMostGuessBytes) bytes *= 4;
  }

  // What is left out says nothing of the rows. Units and second headers hold no
  // numbers: a row that does may be one of the table, which is said.
  std::string LeaveOut(TextRecords* records) const {
    const auto skipped = std::min<std::ptrdiff_t>(options_.skip_after_header,
                                                  std::ssize(*records) - 1);
    if (skipped <= 0) return "";
    std::string doubt;
    for (auto record = records->begin() + 1;
         record != records->begin() + 1 + skipped; ++record) {
      const auto number =
          std::ranges::find_if(*record, [this](const std::string& cell) {
            return IsCellNumber(cell, options_.decimal);
          });
      if (number == record->end()) continue;
      doubt =
          Str(window_.name(),
              ": a row behind the header is left out that holds numbers ('",
              *number, "'): --skip-after-header ", options_.skip_after_header);
    }
    records->erase(records->begin() + 1, records->begin() + 1 + skipped);
    return doubt;
  }

  // Looks at that many bytes; false where more of them would tell more.
  bool FindSyntaxIn(std::size_t bytes) {
    while (window_.end() - window_.begin() <
               static_cast<std::ptrdiff_t>(bytes) &&
           window_.Grow(line_)) {
    }
    const auto size = static_cast<std::size_t>(window_.end() - window_.begin());
    const std::string_view head(window_.begin(), std::min(size, bytes));
    const bool whole = window_.at_end() && size <= bytes;
    const TextSample sample{head, options_.comment, whole,
                            options_.most_columns};
    const char delimiter = options_.delimiter.empty()
                               ? GuessDelimiter(sample)
                               : ParseDelimiter(options_.delimiter);
    parser_ = RecordParser(delimiter, options_.most_columns);
    TextRecords records = SampleRecords(sample, delimiter);
    const std::string left_out = LeaveOut(&records);
    shape_ = ShapeOf(records, options_.decimal);
    RequireNoEndMarks(sample, records, window_.name());
    doubt_ = DoubtOfDelimiter(sample, records);
    has_header_ = options_.header == "yes" || options_.skip_after_header > 0 ||
                  (options_.header == "auto" &&
                   (shape_.has_row_names ||
                    GuessHeader(WithoutGroups(records), options_.missing,
                                options_.decimal)));
    if (doubt_.empty() && options_.header == "auto" &&
        options_.comment.empty()) {
      const std::string doubt =
          DoubtOfHeader(WithoutGroups(records), has_header_, delimiter,
                        options_.missing, options_.decimal);
      if (!doubt.empty()) doubt_ = Str(window_.name(), ": ", doubt);
    }
    if (doubt_.empty()) doubt_ = left_out;
    if (!has_header_) shape_ = {};
    return whole || records.size() > 1;
  }

  void FindColumns() {
    has_first_ = NextRecord();
    if (!has_first_) {
      Fail(ErrorKind::kBadInput, Str(window_.name(), ": no rows"),
           "every line is empty, skipped or a comment");
    }
    std::vector<std::string> names = NamesOfHeader();
    const std::size_t count = names.size();
    if (!options_.names.empty() && options_.names.size() != count) {
      Fail(ErrorKind::kBadInput,
           Str(window_.name(), ":", record_line_, ": ",
               Counted(static_cast<Index>(count), "cell", "cells"),
               ", but --names lists ", options_.names.size()),
           Str("read with delimiter ", DelimiterName(parser_.delimiter()),
               "; --delimiter chooses another"));
    }
    for (std::size_t i = 0; i < count; ++i) {
      columns_.emplace_back().name =
          options_.names.empty() ? std::move(names[i]) : options_.names[i];
    }
    keeps_text_.assign(count, false);
  }

  // The names in the first record, or as many empty ones.
  std::vector<std::string> NamesOfHeader() {
    std::vector<std::string> names;
    for (RawCell& cell : parser_.cells()) {
      cell.Unquote();
      names.emplace_back(has_header_ ? cell.text() : "");
    }
    if (shape_.has_last_name) names.pop_back();
    if (!shape_.has_row_names) return names;
    const bool has_id = std::ranges::any_of(names, [](const auto& name) {
      return name == "id" || name == "ID" || name == "Id";
    });
    names.insert(names.begin(), has_id ? "row.names" : "id");
    return names;
  }

  // A delimiter at the end of each row, which the header has not.
  void DropLastCell(std::vector<RawCell>* cells) const {
    if (!shape_.has_last_delimiters || cells->size() != columns_.size() + 1) {
      return;
    }
    const RawCell& last = cells->back();
    if (!last.quoted && last.begin == last.end) cells->pop_back();
  }

  TextRecords WithoutGroups(TextRecords records) const {
    for (std::vector<std::string>& record : records) {
      for (std::string& cell : record) {
        char* const end = cell.data() + cell.size();
        cell.resize(static_cast<std::size_t>(groups_.Join(cell.data(), end) -
                                             cell.data()));
      }
    }
    return records;
  }

  // Skips what --skip says.
  void SkipLines() {
    std::string_view text;
    std::size_t bytes = 0;
    for (Index i = 0; i < options_.skip; ++i) {
      if (!window_.PeekLine(line_, &text, &bytes)) return;
      window_.Consume(window_.begin() + bytes);
      ++line_;
    }
  }

  bool SkipComment() {
    if (options_.comment.empty()) return false;
    while (static_cast<std::size_t>(window_.end() - window_.begin()) <
               options_.comment.size() &&
           window_.Grow(line_)) {
    }
    const std::string_view rest(
        window_.begin(),
        static_cast<std::size_t>(window_.end() - window_.begin()));
    if (!rest.starts_with(options_.comment)) return false;
    std::string_view text;
    std::size_t bytes = 0;
    window_.PeekLine(line_, &text, &bytes);
    window_.Consume(window_.begin() + bytes);
    ++line_;
    return true;
  }

  // The next record that is not empty, in parser_.cells().
  bool NextRecord() {
    while (true) {
      if (SkipComment()) continue;
      if (window_.begin() == window_.end() && !window_.Grow(line_)) {
        return false;
      }
      const auto result =
          parser_.Parse(window_.begin(), window_.end(), window_.at_end());
      if (result == RecordParser::Result::kNeedsMore) {
        window_.Grow(line_);
        continue;
      }
      if (parser_.is_too_wide()) FailWide();
      if (result == RecordParser::Result::kError) FailQuote();
      record_line_ = line_;
      line_ += parser_.lines();
      window_.Consume(parser_.next());
      if (!IsEmpty()) return true;
      ++empty_rows_;
    }
  }

  [[noreturn]] void FailWide() const {
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": ", parser_.error(),
             ", which a table of --max-size may not have"),
         "is it a matrix that lies on its side? Otherwise raise --max-size");
  }

  bool IsEmpty() {
    for (const RawCell& cell : parser_.cells()) {
      if (cell.quoted || cell.begin != cell.end) return false;
    }
    return true;
  }

  bool IsMissing(std::string_view text) const {
    if (text.empty()) return true;
    if (!starts_marker_[static_cast<unsigned char>(text[0])]) return false;
    return std::find(options_.missing.begin(), options_.missing.end(), text) !=
           options_.missing.end();
  }

  [[noreturn]] void FailRagged(std::size_t cells) const {
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", record_line_, ": ", cells,
             cells == 1 ? " cell" : " cells", ", but the table has ",
             columns_.size(), columns_.size() == 1 ? " column" : " columns"),
         Str("read with delimiter ", DelimiterName(parser_.delimiter()),
             "; quote cells that hold it, or choose --delimiter",
             AdviceForShape()));
  }

  // What else may be the cause.
  std::string AdviceForShape() const {
    const std::string& first = columns_[0].name;
    if (first.starts_with('#') || first.starts_with('%')) {
      return Str(", or --comment '", first.substr(0, 1), "'");
    }
    return "";
  }

  [[noreturn]] void FailQuote() const {
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": ", parser_.error()),
         "a quote inside a quoted cell is written twice");
  }

  TextOptions options_;
  TextWindow window_;
  RecordParser parser_;
  DigitGroups groups_;
  std::vector<Column> columns_;
  std::vector<bool> keeps_text_;  // by column: digits in groups are no number
  std::array<bool, 256> starts_marker_ = {};
  RecordShape shape_;
  std::string doubt_;
  bool has_header_ = false;
  bool has_first_ = false;
  Index line_ = 1;         // of what comes next
  Index record_line_ = 1;  // where the record in parser_ begins
  Index empty_rows_ = 0;
};

}  // namespace

extern const FormatEntry kDelimitedFormat;
const FormatEntry kDelimitedFormat = {
    "csv",
    "delimited text: CSV, TSV and the like",
    ".csv .tsv .tab",
    [](std::string_view) { return 1; },
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<DelimitedReader>(source, options);
    },
    "delimiter header decimal thousands missing comment skip skip-after-header "
    "names encoding"};

}  // namespace mtlkit
