#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A cell in the buffer it was parsed in.
struct RawCell {
  char* begin = nullptr;
  char* end = nullptr;
  bool quoted = false;
  bool doubled = false;  // holds doubled quotes, see Unquote

  std::string_view text() const {
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  // Makes doubled quotes single, in place; to be called once.
  void Unquote();
};

// Parses records of delimited text as RFC 4180 has them: cells may be quoted
// with '"', a quoted cell may hold delimiters, line breaks and doubled quotes.
// Blanks round a cell do not belong to it unless quoted. Lines end with LF, CR
// LF or CR. With kBlanks as delimiter, any run of blanks and tabs is one.
class RecordParser {
 public:
  static constexpr char kBlanks = ' ';

  // More cells than `most_cells` in a record are an error.
  explicit RecordParser(char delimiter, Index most_cells = Index{1} << 40);

  enum class Result { kRecord, kNeedsMore, kError };
  // Parses one record at the front of [begin, end). `last`: nothing comes
  // behind `end`, so that it ends the record; otherwise a record that reaches
  // it needs more. The cells point into the buffer.
  Result Parse(char* begin, char* end, bool last);

  std::vector<RawCell>& cells() { return cells_; }
  char* next() const { return next_; }    // after the record
  Index lines() const { return lines_; }  // line breaks in it
  const std::string& error() const { return error_; }
  // Whether the error was that there are too many cells.
  bool is_too_wide() const {
    return static_cast<Index>(cells_.size()) > most_cells_;
  }
  char delimiter() const { return delimiter_; }

 private:
  Result Quoted(char** position, const char* end, bool last);
  void Unquoted(char** position, const char* end);
  Result EndLine(char* position, const char* end, bool last);
  char* SkipBlanks(char* position, const char* end) const;
  bool IsStop(char c) const { return stop_[static_cast<unsigned char>(c)]; }
  bool IsBlank(char c) const { return blank_[static_cast<unsigned char>(c)]; }

  char delimiter_;
  Index most_cells_;
  std::array<bool, 256> stop_ = {};   // ends an unquoted cell
  std::array<bool, 256> blank_ = {};  // does not belong to a cell
  std::vector<RawCell> cells_;
  char* next_ = nullptr;
  Index lines_ = 0;
  std::string error_;
};

}  // namespace mtlkit
