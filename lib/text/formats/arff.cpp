#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "text/arff_scanner.h"
#include "text/format.h"
#include "text/text_lists.h"
#include "text/text_window.h"

// ARFF of Weka (Hall et al. 2009), with the label lists of Mulan (Tsoumakas et
// al. 2011) and the "-C n" of MEKA's relation names (Read et al. 2016).

namespace mtlkit {
namespace {

class ArffReader : public RowReader {
 public:
  ArffReader(TextSource* source, const TextOptions& options)
      : window_(source), most_columns_(options.most_columns) {
    ReadHeader();
    MarkLabels(options.labels);
    KeepDates();
  }

  const std::vector<Column>& columns() const override { return columns_; }

  void Rewind() override {
    window_.Rewind();
    line_ = 0;
    char* begin = nullptr;
    char* end = nullptr;
    while (NextLine(&begin, &end)) {
      if (IsData({begin, static_cast<std::size_t>(end - begin)})) return;
    }
  }

  bool Next(Row* row) override {
    char* begin = nullptr;
    char* end = nullptr;
    if (!NextLine(&begin, &end)) return false;
    row->line = line_;
    row->is_sparse = *begin == '{';
    if (row->is_sparse) {
      Sparse(ArffScanner(begin + 1, end), row);
    } else {
      Dense(ArffScanner(begin, end), row);
    }
    return true;
  }

  std::string Describe() const override {
    const auto labels =
        std::count_if(columns_.begin(), columns_.end(),
                      [](const Column& column) { return column.is_label; });
    const std::string name = Str("ARFF '", ShowText(relation_), "'");
    return labels == 0 ? name
                       : Str(name, ", ", Counted(labels, "label", "labels"));
  }

 private:
  static bool IsData(std::string_view line) {
    return StartsWithArffWord(line, "@data");
  }

  // The next line that is neither empty nor a comment, without blanks round
  // it. Consumed, but its bytes stay until the next call.
  bool NextLine(char** begin, char** end) {
    std::string_view text;
    std::size_t bytes = 0;
    while (window_.PeekLine(line_ + 1, &text, &bytes)) {
      ++line_;
      char* first = window_.begin();
      char* last = first + text.size();
      window_.Consume(first + bytes);
      while (first < last && IsArffBlank(*first)) ++first;
      while (last > first && IsArffBlank(last[-1])) --last;
      if (first == last || *first == '%') continue;
      *begin = first;
      *end = last;
      return true;
    }
    return false;
  }

  // What KEEL says of the use of attributes; mtl-prep decides that.
  static bool IsListOfKeel(std::string_view line) {
    constexpr std::string_view kLists[] = {"@inputs", "@input", "@outputs",
                                           "@output"};
    return std::ranges::any_of(kLists, [line](std::string_view list) {
      return StartsWithArffWord(line, list);
    });
  }

  void ReadHeader() {
    char* begin = nullptr;
    char* end = nullptr;
    while (NextLine(&begin, &end)) {
      const std::string_view line(begin, static_cast<std::size_t>(end - begin));
      if (IsData(line)) {
        if (columns_.empty()) FailHere("@data before any @attribute");
        return;
      }
      if (StartsWithArffWord(line, "@relation")) {
        ArffScanner scanner(begin + 9, end);
        std::string_view name;
        if (!scanner.Value("", &name)) FailQuote();
        relation_ = name;
      } else if (StartsWithArffWord(line, "@attribute")) {
        ReadAttribute(ArffScanner(begin + 10, end));
      } else if (!IsListOfKeel(line)) {
        FailHere("expected @relation, @attribute or @data");
      }
    }
    Fail(ErrorKind::kBadInput, Str(window_.name(), ": ends before @data"),
         "the file is incomplete, or no ARFF");
  }

  void ReadAttribute(ArffScanner scanner) {
    if (std::ssize(columns_) >= most_columns_) {
      Fail(ErrorKind::kBadInput,
           Str(window_.name(), ": more than ",
               Counted(most_columns_, "column", "columns"),
               ", which a table of --max-size may not have"),
           "raise --max-size");
    }
    Column& column = columns_.emplace_back();
    std::string_view name;
    if (!scanner.Value(" \t{", &name)) FailQuote();
    column.name = name;
    scanner.SkipBlanks();
    if (!scanner.done() && scanner.front() == '{') {
      scanner.Advance();
      ReadNominal(scanner, &column);
      return;
    }
    const std::string type = TypeOf(scanner.rest());
    if (IsArffWord(type, "numeric") || IsArffWord(type, "real") ||
        IsArffWord(type, "integer")) {
      column.type = ColumnType::kNumber;
    } else if (IsArffIsoDate(type)) {
      column.stored = ColumnType::kDate;
      if (type.find(".SSS") != std::string::npos) {
        milliseconds_.push_back(columns_.size() - 1);
      }
    } else if (IsArffWord(type, "string") || StartsWithArffWord(type, "date")) {
      column.type = ColumnType::kCategory;
    } else {
      FailHere(Str("attribute '", column.name, "' has ",
                   type.empty() ? "no type" : Str("the type '", type, "'"),
                   "; known are numeric, real, integer, string, date, {...}"));
    }
  }

  // Labels are no dates, nor is what sparse rows leave out.
  void KeepDates() {
    const auto is_date = [](const Column& column) {
      return column.stored == ColumnType::kDate;
    };
    if (std::ranges::none_of(columns_, is_date)) return;
    char* begin = nullptr;
    char* end = nullptr;
    const bool are_sparse = NextLine(&begin, &end) && *begin == '{';
    Rewind();
    for (Column& column : columns_) {
      if (!is_date(column) || !(are_sparse || column.is_label)) continue;
      column.stored = ColumnType::kUnknown;
      column.type = ColumnType::kCategory;
    }
  }

  // The type of an attribute without what Weka ignores behind it, too: a range
  // in [], a weight in {}, a comment.
  static std::string TypeOf(std::string_view text) {
    if (StartsWithArffWord(text, "date")) return std::string(text);
    text = text.substr(0, text.find('%'));
    text = WithoutArffBlanksBehind(text);
    const std::size_t mark = text.find_first_of("[{");
    if (mark == std::string_view::npos || mark == 0) return std::string(text);
    const char end = text[mark] == '[' ? ']' : '}';
    if (text.back() != end) return std::string(text);
    return std::string(WithoutArffBlanksBehind(text.substr(0, mark)));
  }

  // Whether something ends with the weight of a row as Weka writes it: "{2}".
  static bool IsWeight(std::string_view text) {
    return text.size() > 2 && text.front() == '{' && text.back() == '}';
  }

  [[noreturn]] void FailWeight(std::string_view weight) const {
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": '", weight,
             "' is a weight of the row, which is not read"),
         "leave weights out of the file");
  }

  void ReadNominal(ArffScanner scanner, Column* column) {
    column->type = ColumnType::kCategory;
    while (true) {
      std::string_view value;
      if (!scanner.Value(",}", &value)) FailQuote();
      column->categories.emplace_back(value);
      scanner.SkipBlanks();
      if (scanner.done()) {
        FailHere(Str("attribute '", column->name, "' has no closing '}'"));
      }
      const char mark = scanner.front();
      scanner.Advance();
      if (mark == '}') return;
      if (mark != ',') FailHere("expected ',' or '}' between the values");
    }
  }

  void MarkLabels(const std::vector<std::string>& labels) {
    if (labels.empty()) return MarkMeka();
    const std::vector<std::string> names = NamesOf(columns_);
    for (const std::string& label : labels) {
      const auto found = std::find(names.begin(), names.end(), label);
      if (found == names.end()) {
        const std::string nearest = Nearest(label, names);
        Fail(ErrorKind::kBadInput,
             Str(window_.name(), ": no attribute '", label,
                 "', which --labels lists"),
             nearest.empty() ? "" : Str("did you mean '", nearest, "'?"));
      }
      columns_[static_cast<std::size_t>(found - names.begin())].is_label = true;
    }
  }

  // "name: -C 6": the first 6 attributes are targets; -6: the last 6. Weka's
  // filters append their names and may have moved the attributes since: then
  // nothing is known.
  void MarkMeka() {
    const std::size_t option = relation_.find("-C ");
    if (option == std::string::npos ||
        relation_.find("weka.filters") != std::string::npos) {
      return;
    }
    const long count = std::strtol(relation_.c_str() + option + 3, nullptr, 10);
    const auto size = static_cast<long>(columns_.size());
    if (count == 0 || count >= size || -count >= size) return;
    const long first = count > 0 ? 0 : size + count;
    const long last = count > 0 ? count : size;
    for (long i = first; i < last; ++i) {
      columns_[static_cast<std::size_t>(i)].is_label = true;
    }
  }

  // KEEL writes <null>.
  static bool IsMissing(std::string_view value) {
    return value == "?" || value == "<null>";
  }

  void Dense(ArffScanner scanner, Row* row) {
    const bool commas = scanner.rest().find(',') != std::string_view::npos;
    const std::string_view stops = commas ? "," : " \t";
    row->cells.clear();
    while (true) {
      std::string_view value;
      if (!scanner.Value(stops, &value)) FailQuote();
      const bool missing =
          !scanner.was_quoted() && (IsMissing(value) || value.empty());
      row->cells.push_back({value, missing});
      scanner.SkipBlanks();
      if (scanner.done()) break;
      if (!commas) continue;
      if (scanner.front() != ',') FailHere("text after the closing quote");
      scanner.Advance();
    }
    if (row->cells.size() == columns_.size() + 1 &&
        IsWeight(row->cells.back().text)) {
      FailWeight(row->cells.back().text);
    }
    if (row->cells.size() != columns_.size()) {
      FailHere(Str(Counted(std::ssize(row->cells), "value", "values"),
                   ", but there ", columns_.size() == 1 ? "is " : "are ",
                   Counted(std::ssize(columns_), "attribute", "attributes")));
    }
    for (const std::size_t column : milliseconds_) {
      RequireMilliseconds(column, row->cells[column]);
    }
  }

  void RequireMilliseconds(std::size_t column, const Cell& cell) const {
    if (cell.missing || HasMilliseconds(cell.text)) return;
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": column '",
             ShowText(columns_[column].name), "': '", ShowText(cell.text),
             "' has no three digits of milliseconds, as its attribute says "
             "(SSS)"),
         "write .500 for half a second");
  }

  void Sparse(ArffScanner scanner, Row* row) {
    row->entries.clear();
    scanner.SkipBlanks();
    while (scanner.done() || scanner.front() != '}') {
      if (scanner.done()) FailHere("a sparse row without its closing '}'");
      SparseValue(&scanner, row);
      scanner.SkipBlanks();
      if (scanner.done() || scanner.front() == '}') continue;
      if (scanner.front() != ',') FailHere("expected ',' between the values");
      scanner.Advance();
      scanner.SkipBlanks();
    }
    scanner.Advance();
    scanner.SkipBlanks();
    const std::string_view rest = scanner.rest();
    const std::size_t brace = std::min(rest.find('{'), rest.size());
    if (rest.starts_with(',') && IsWeight(rest.substr(brace))) {
      FailWeight(rest.substr(brace));
    }
    if (!scanner.done()) FailHere("text after the closing '}'");
  }

  void SparseValue(ArffScanner* scanner, Row* row) {
    std::string_view number;
    std::string_view value;
    scanner->Value(" \t,}", &number);
    long long column = 0;
    if (!ParseInteger(number, &column) || column < 0 ||
        column >= static_cast<long long>(columns_.size())) {
      FailHere(Str("'", number, "' is no attribute number of 0 to ",
                   columns_.size() - 1));
    }
    if (!row->entries.empty() && row->entries.back().column >= column) {
      FailHere(Str("attribute ", column, " is out of order or occurs twice"));
    }
    if (!scanner->Value(",}", &value)) FailQuote();
    if (value.empty() && !scanner->was_quoted()) {
      FailHere(Str("attribute ", column, " has no value"));
    }
    row->entries.push_back({static_cast<Index>(column), value});
    if (IsMissing(value) && !scanner->was_quoted()) {
      row->entries.back().text = {};
    }
  }

  [[noreturn]] void FailHere(const std::string& message) const {
    Fail(ErrorKind::kBadInput, Str(window_.name(), ":", line_, ": ", message));
  }
  [[noreturn]] void FailQuote() const {
    FailHere("a quote that is never closed");
  }

  TextWindow window_;
  Index most_columns_;
  std::string relation_;
  std::vector<Column> columns_;
  std::vector<std::size_t> milliseconds_;  // columns of dates that have some
  Index line_ = 0;                         // of the line read last
};

int RecognisesArff(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = Trim(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    if (line.empty() || line.front() == '%') continue;
    return StartsWithArffWord(line, "@relation") ||
                   StartsWithArffWord(line, "@attribute")
               ? 2
               : 0;
  }
  return 0;
}

}  // namespace

extern const FormatEntry kArffFormat;
const FormatEntry kArffFormat = {
    "arff",
    "ARFF of Weka, Mulan and MEKA, dense or sparse",
    ".arff",
    RecognisesArff,
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<ArffReader>(source, options);
    },
    "decimal missing-numbers encoding"};

}  // namespace mtlkit
