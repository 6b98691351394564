#pragma once

#include <cstddef>
#include <string_view>

namespace mtlkit {

bool IsArffBlank(char c);
// Whether a line begins with a word, in any case, that a blank or nothing ends.
bool StartsWithArffWord(std::string_view line, std::string_view word);
bool IsArffWord(std::string_view text, std::string_view word);
std::string_view WithoutArffBlanksBehind(std::string_view text);

// Whether the type of an attribute is that of dates in a form of ISO 8601, as
// Java writes it (SimpleDateFormat); Weka takes one of them where none is said.
bool IsArffIsoDate(std::string_view type);
// Whether a date has three digits of a second's fraction, or no point: Java
// takes them for a number of milliseconds, ISO 8601 for a fraction.
bool HasMilliseconds(std::string_view date);

// Reads values that may be quoted from a line. Quotes are ' or ", with
// backslash escapes inside; what a value holds is moved to the front in place.
class ArffScanner {
 public:
  ArffScanner(char* begin, char* end) : position_(begin), end_(end) {}

  void SkipBlanks();
  bool done() const { return position_ == end_; }
  char front() const { return *position_; }
  void Advance() { ++position_; }
  bool was_quoted() const { return quoted_; }
  std::string_view rest() const {
    return {position_, static_cast<std::size_t>(end_ - position_)};
  }

  // The next value, which ends before one of `stops`; an unquoted one loses
  // blanks at its end. False where a quote is never closed.
  bool Value(std::string_view stops, std::string_view* value);

 private:
  bool Quoted(std::string_view* value);

  char* position_;
  char* end_;
  bool quoted_ = false;
};

}  // namespace mtlkit
