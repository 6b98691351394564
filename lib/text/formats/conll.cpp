#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "text/line_reader.h"

// Columns of the shared tasks of CoNLL: a token a line with its labels behind
// it, between tabs or blanks; an empty line ends a text, which is a row. The
// cells of a column are joined by blanks. Lines that begin with -DOCSTART- and,
// between tabs, comments that begin with # are passed over.

namespace mtlkit {
namespace {

class ConllReader : public RowReader {
 public:
  ConllReader(TextSource* source, const TextOptions& options)
      : lines_(source), comment_(options.comment) {
    std::string_view text;
    while (lines_.Next(&text) && text.find('\t') == std::string_view::npos &&
           (IsEmpty(text) || text.starts_with('#') || IsDocument(text))) {
    }
    has_tabs_ = text.find('\t') != std::string_view::npos;
    ConllReader::Rewind();
    while (lines_.Next(&text) && (IsEmpty(text) || IsPassedOver(text))) {
    }
    Require(!IsEmpty(text), ErrorKind::kBadInput,
            Str(lines_.name(), ": no rows"), "every line is empty");
    Divide(text);
    NameColumns(options.names);
    ConllReader::Rewind();
  }

  const std::vector<Column>& columns() const override { return columns_; }
  std::string Describe() const override {
    return Str("a token a line, between ", has_tabs_ ? "tabs" : "blanks");
  }
  void Rewind() override { lines_.Rewind(); }

  bool Next(Row* row) override {
    texts_.assign(columns_.size(), "");
    bool any = false;
    std::string_view text;
    while (lines_.Next(&text)) {
      if (IsEmpty(text)) {
        if (any) break;
        continue;
      }
      if (IsPassedOver(text)) continue;
      if (!any) row->line = lines_.line();
      any = true;
      AddToken(text);
    }
    if (!any) return false;
    row->is_sparse = false;
    row->cells.clear();
    for (const std::string& cell : texts_) row->cells.push_back(TextCell(cell));
    return true;
  }

 private:
  static bool IsDocument(std::string_view text) {
    return text.starts_with("-DOCSTART-");
  }
  static bool IsEmpty(std::string_view text) { return Trim(text).empty(); }

  bool IsPassedOver(std::string_view text) const {
    if (!comment_.empty() && text.starts_with(comment_)) return true;
    if (IsDocument(text)) return true;
    return has_tabs_ && text.starts_with('#') &&
           text.find('\t') == std::string_view::npos;
  }

  void Divide(std::string_view text) {
    parts_.clear();
    const char* between = has_tabs_ ? "\t" : " \t";
    std::size_t at = 0;
    while (at <= text.size()) {
      const std::size_t end =
          std::min(text.find_first_of(between, at), text.size());
      // Between tabs there may be nothing, blanks come in any number.
      if (has_tabs_ || end > at) parts_.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }

  void NameColumns(const std::vector<std::string>& names) {
    Require(names.empty() || names.size() == parts_.size(), ErrorKind::kUsage,
            Str("--names: ", names.size(), " names for ",
                Counted(std::ssize(parts_), "column", "columns"), " of ",
                lines_.name()));
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string usual = i == 0                   ? "words"
                                : i + 1 == parts_.size() ? "tags"
                                                         : Str("column", i + 1);
      columns_.push_back(TextColumnOf(names.empty() ? usual : names[i]));
    }
  }

  void AddToken(std::string_view text) {
    constexpr std::size_t kMostBytes = std::size_t{64} << 20;
    Divide(text);
    if (parts_.size() != columns_.size()) {
      lines_.FailHere(
          Str(Counted(std::ssize(parts_), "column", "columns"), " instead of ",
              columns_.size()),
          "each token has a label in every column; an empty line ends a text");
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string_view part = Trim(parts_[i]);
      if (part.empty() || part.find(' ') != std::string_view::npos) {
        lines_.FailHere(part.empty()
                            ? Str("column '", columns_[i].name, "' is empty")
                            : Str("column '", columns_[i].name, "' holds '",
                                  part, "', with a blank inside"),
                        "tokens and labels are words without blanks");
      }
      if (!texts_[i].empty()) texts_[i] += ' ';
      texts_[i] += part;
      if (texts_[i].size() > kMostBytes) {
        lines_.FailHere("a text of more than 64 MiB",
                        "an empty line ends a text");
      }
    }
  }

  LineReader lines_;
  std::string comment_;
  bool has_tabs_ = false;
  std::vector<Column> columns_;
  std::vector<std::string_view> parts_;  // of a line
  std::vector<std::string> texts_;       // of a row, one a column
};

}  // namespace

extern const FormatEntry kConllFormat;
const FormatEntry kConllFormat = {
    "conll",
    "a token and its labels a line, an empty line behind each text (--format "
    "conll)",
    ".conll .iob .bio",
    [](std::string_view) { return 0; },
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<ConllReader>(source, options);
    },
    "names encoding comment"};

}  // namespace mtlkit
