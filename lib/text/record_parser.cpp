#include "text/record_parser.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "text/wide_blank.h"

namespace mtlkit {
namespace {

constexpr std::ptrdiff_t kLongestBlank = 3;  // bytes

}  // namespace

void RawCell::Unquote() {
  if (!doubled) return;
  char* to = begin;
  for (char* from = begin; from < end; ++from) {
    *to++ = *from;
    if (*from == '"') ++from;
  }
  end = to;
  doubled = false;
}

RecordParser::RecordParser(char delimiter, Index most_cells)
    : delimiter_(delimiter), most_cells_(most_cells) {
  for (const char c : {delimiter, '\n', '\r'}) {
    stop_[static_cast<unsigned char>(c)] = true;
  }
  if (delimiter == kBlanks) stop_['\t'] = true;
  for (const char c : {' ', '\t'}) {
    blank_[static_cast<unsigned char>(c)] =
        c != delimiter || delimiter == kBlanks;
  }
}

RecordParser::Result RecordParser::Parse(char* begin, char* end, bool last) {
  cells_.clear();
  lines_ = 0;
  char* position = begin;
  while (true) {
    position = SkipBlanks(position, end);
    if (position == end && !last) return Result::kNeedsMore;
    if (position < end && *position == '"') {
      const Result result = Quoted(&position, end, last);
      if (result != Result::kRecord) return result;
    } else {
      Unquoted(&position, end);
    }
    if (is_too_wide()) {
      error_ =
          Str("more than ", Counted(most_cells_, "cell", "cells"), " in a row");
      return Result::kError;
    }
    if (delimiter_ == kBlanks) position = SkipBlanks(position, end);
    if (position == end) {
      next_ = position;
      return last ? Result::kRecord : Result::kNeedsMore;
    }
    if (*position == '\n' || *position == '\r') {
      return EndLine(position, end, last);
    }
    if (delimiter_ != kBlanks) ++position;
  }
}

// Leaves `position` behind the closing quote and the blanks after it.
RecordParser::Result RecordParser::Quoted(char** position, const char* end,
                                          bool last) {
  RawCell cell{*position + 1, nullptr, true, false};
  char* from = cell.begin;
  while (true) {
    auto* quote = static_cast<char*>(
        std::memchr(from, '"', static_cast<std::size_t>(end - from)));
    if (quote == nullptr || (quote + 1 == end && !last)) {
      if (!last) return Result::kNeedsMore;
      error_ = "a quote that is never closed";
      return Result::kError;
    }
    if (quote + 1 < end && quote[1] == '"') {
      cell.doubled = true;
      from = quote + 2;
      continue;
    }
    cell.end = quote;
    break;
  }
  lines_ += std::count(cell.begin, cell.end, '\n');
  cells_.push_back(cell);
  char* after = SkipBlanks(cell.end + 1, end);
  // The end may have cut a blank of several bytes.
  if (!last && end - after < kLongestBlank) return Result::kNeedsMore;
  const bool joined = delimiter_ != kBlanks || after == cell.end + 1;
  if (after < end && !IsStop(*after) && joined) {
    error_ = Str("column ", cells_.size(), ": text after the closing quote");
    return Result::kError;
  }
  *position = after;
  return Result::kRecord;
}

void RecordParser::Unquoted(char** position, const char* end) {
  char* const begin = *position;
  char* stop = begin;
  while (stop < end && !IsStop(*stop)) ++stop;
  *position = stop;
  while (stop > begin) {
    const std::size_t length =
        IsBlank(stop[-1])
            ? 1
            : WideBlankBehind({begin, static_cast<std::size_t>(stop - begin)});
    if (length == 0) break;
    stop -= length;
  }
  cells_.push_back({begin, stop, false, false});
}

RecordParser::Result RecordParser::EndLine(char* position, const char* end,
                                           bool last) {
  if (*position == '\r') {
    if (position + 1 == end && !last) return Result::kNeedsMore;
    if (position + 1 < end && position[1] == '\n') ++position;
  }
  next_ = position + 1;
  ++lines_;
  return Result::kRecord;
}

char* RecordParser::SkipBlanks(char* position, const char* end) const {
  while (position < end) {
    const std::size_t length =
        IsBlank(*position)
            ? 1
            : WideBlankBefore(
                  {position, static_cast<std::size_t>(end - position)});
    if (length == 0) break;
    position += length;
  }
  return position;
}

}  // namespace mtlkit
