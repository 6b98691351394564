#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "text/format.h"
#include "text/number_text.h"
#include "text/text_window.h"

// SVMlight (Joachims 1999) and LIBSVM's multi-label form: "1,3 5:0.2 7:1". The
// files of the Extreme Classification Repository begin with a line of three
// counts (rows, features, labels) and number features from 0.

namespace mtlkit {
namespace {

// Columns are stored as 32-bit numbers.
constexpr long long kLastFeature = 2147483646;

// Parts of a line between blanks, without what stands behind '#'.
void SplitBlanks(std::string_view line, std::vector<std::string_view>* parts) {
  parts->clear();
  line = line.substr(0, line.find('#'));
  std::size_t position = 0;
  while (true) {
    position = line.find_first_not_of(" \t", position);
    if (position == std::string_view::npos) return;
    const std::size_t end =
        std::min(line.find_first_of(" \t", position), line.size());
    parts->push_back(line.substr(position, end - position));
    position = end;
  }
}

bool IsNumber(std::string_view text) {
  return IsCellNumber(text, '.');
}

bool IsCount(std::string_view text) {
  long long value = 0;
  return ParseInteger(text, &value) && value >= 0;
}

bool IsCounts(const std::vector<std::string_view>& parts) {
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), IsCount);
}

bool IsEntry(std::string_view part) {
  const std::size_t colon = part.find(':');
  if (colon == std::string_view::npos) return false;
  return (IsCount(part.substr(0, colon)) || part.substr(0, colon) == "qid") &&
         IsNumber(part.substr(colon + 1));
}

bool IsLabelList(std::string_view part) {
  for (const std::string& label : Split(part, ',')) {
    if (!IsNumber(label)) return false;
  }
  return true;
}

class SvmlightReader : public RowReader {
 public:
  SvmlightReader(TextSource* source, const TextOptions& options)
      : window_(source), has_counts_(BeginsWithCounts(options)) {
    SvmlightReader::Rewind();
  }

  const std::vector<Column>& columns() const override { return columns_; }
  bool has_row_labels() const override { return true; }
  Numbering numbering() const override { return numbering_; }

  void Rewind() override {
    window_.Rewind();
    line_ = 0;
    rows_ = 0;
    if (has_counts_) ReadLine();
  }

  bool Next(Row* row) override {
    if (!ReadLine()) {
      RequireCountedRows();
      return false;
    }
    ++rows_;
    row->line = line_;
    row->is_sparse = true;
    row->entries.clear();
    row->labels.clear();
    row->group.reset();
    std::size_t first = 0;
    if (parts_[0].find(':') == std::string_view::npos) {
      ReadLabels(parts_[0], row);
      first = 1;
    }
    for (std::size_t i = first; i < parts_.size(); ++i) {
      ReadEntry(parts_[i], row);
    }
    SortEntries(row);
    return true;
  }

  std::string Describe() const override {
    return has_counts_ ? "SVMlight with a line of counts" : "SVMlight";
  }

 private:
  // Whether the first line is one of counts, which it then notes.
  bool BeginsWithCounts(const TextOptions& options) {
    ReadLine();
    if (!IsCounts(parts_)) return false;
    long long counts[3] = {};
    for (std::size_t i = 0; i < 3; ++i) ParseInteger(parts_[i], &counts[i]);
    counted_rows_ = counts[0];
    numbering_ = {0, counts[1], counts[2]};
    // A label takes far less memory than the scan of a column.
    constexpr Index kLabelsPerColumn = 64;
    if (numbering_.labels / kLabelsPerColumn > options.most_columns) {
      Fail(ErrorKind::kBadInput,
           Str(window_.name(), ":", line_, ": the line of counts says ",
               numbering_.labels,
               " labels, more than a table of --max-size may have"),
           "raise --max-size");
    }
    return true;
  }

  void RequireCountedRows() const {
    if (!has_counts_ || rows_ == counted_rows_) return;
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ": the line of counts says ",
             Counted(counted_rows_, "row", "rows"), ", but there ",
             rows_ == 1 ? "is " : "are ", rows_),
         "the file is cut, or its first line is wrong: correct it, or leave it "
         "out");
  }

  void RequireCountedLabel(std::string_view label) const {
    if (numbering_.labels == 0) return;
    long long number = -1;
    if (ParseInteger(label, &number) && number >= 0 &&
        number < numbering_.labels) {
      return;
    }
    FailHere(Str("label '", label, "' is none of 0 to ", numbering_.labels - 1,
                 ", which the line of counts says"));
  }

  // The next line with anything in it, as parts_.
  bool ReadLine() {
    std::string_view text;
    std::size_t bytes = 0;
    while (window_.PeekLine(line_ + 1, &text, &bytes)) {
      ++line_;
      const bool ended = window_.begin()[bytes - 1] == '\n';
      window_.Consume(window_.begin() + bytes);
      SplitBlanks(text, &parts_);
      if (!ended) {
        // How long a row is cannot be told otherwise.
        Fail(ErrorKind::kBadInput,
             Str(window_.name(), ":", line_, ": the last line has no end"),
             "the file may be cut; if it is whole, add a line break");
      }
      if (!parts_.empty()) return true;
    }
    return false;
  }

  void ReadLabels(std::string_view list, Row* row) const {
    std::size_t begin = 0;
    while (begin <= list.size()) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      const std::string_view label = list.substr(begin, end - begin);
      if (!IsNumber(label)) FailHere(Str("label '", label, "' is no number"));
      RequireCountedLabel(label);
      row->labels.push_back(label);
      begin = end + 1;
    }
  }

  void ReadEntry(std::string_view part, Row* row) const {
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos || colon + 1 == part.size()) {
      FailHere(Str("'", part, "' is no pair NUMBER:VALUE"));
    }
    const std::string_view key = part.substr(0, colon);
    const std::string_view value = part.substr(colon + 1);
    long long number = 0;
    if (key == "qid") {
      if (!ParseInteger(value, &number)) {
        FailHere(Str("qid '", value, "' is no whole number"));
      }
      row->group = number;
      return;
    }
    if (!ParseInteger(key, &number) || number < 0 || number > kLastFeature) {
      FailHere(Str("'", key, "' is no feature number of 0 to ", kLastFeature));
    }
    RequireSingle(number, value);
    row->entries.push_back({static_cast<Index>(number), value});
  }

  // Sparse inputs are kept in single precision. Only numbers of very many
  // digits or with an exponent can be too large.
  void RequireSingle(long long feature, std::string_view value) const {
    constexpr std::size_t kShortest = 4;  // 1e39
    constexpr std::size_t kDigits = 39;   // of the largest
    if (value.size() < kShortest) return;
    if (value.size() < kDigits &&
        value.find_first_of("eE") == std::string_view::npos) {
      return;
    }
    double number = 0;
    if (ParseCellNumber(value, '.', &number) != NumberText::kNumber ||
        std::isfinite(static_cast<float>(number))) {
      return;
    }
    Fail(ErrorKind::kBadInput,
         Str(window_.name(), ":", line_, ": feature ", feature, ": '", value,
             "' is too large for single precision"),
         "sparse inputs are kept in single precision: scale them first");
  }

  void SortEntries(Row* row) const {
    const auto before = [](const SparseCell& a, const SparseCell& b) {
      return a.column < b.column;
    };
    if (!std::is_sorted(row->entries.begin(), row->entries.end(), before)) {
      std::stable_sort(row->entries.begin(), row->entries.end(), before);
    }
    for (std::size_t i = 1; i < row->entries.size(); ++i) {
      if (row->entries[i].column == row->entries[i - 1].column) {
        FailHere(Str("feature ", row->entries[i].column, " occurs twice"));
      }
    }
  }

  [[noreturn]] void FailHere(const std::string& message) const {
    Fail(ErrorKind::kBadInput, Str(window_.name(), ":", line_, ": ", message));
  }

  TextWindow window_;
  std::vector<Column> columns_;  // none: they are only numbered
  std::vector<std::string_view> parts_;
  Numbering numbering_;
  Index line_ = 0;  // of the line read last
  Index rows_ = 0;
  Index counted_rows_ = 0;  // as the line of counts says
  bool has_counts_;
};

// Every whole line of the head must be a row, and one must have a pair.
int RecognisesSvmlight(std::string_view head) {
  bool has_entry = false;
  Index lines = 0;
  std::vector<std::string_view> parts;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    if (end == std::string_view::npos && lines > 0) break;
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    SplitBlanks(line, &parts);
    ++lines;
    if (end == std::string_view::npos && parts.size() > 2) parts.pop_back();
    if (parts.empty() || (lines == 1 && IsCounts(parts))) continue;
    if (!IsEntry(parts[0]) && !IsLabelList(parts[0])) return 0;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (!IsEntry(parts[i])) return 0;
    }
    has_entry |= parts.size() > 1 || IsEntry(parts[0]);
  }
  return has_entry ? 2 : 0;
}

}  // namespace

extern const FormatEntry kSvmlightFormat;
const FormatEntry kSvmlightFormat = {
    "svmlight",
    "SVMlight and LIBSVM, one or several labels a row",
    ".svm .svmlight .libsvm",
    RecognisesSvmlight,
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<SvmlightReader>(source, options);
    },
    "index-base label-type features task-files"};

}  // namespace mtlkit
