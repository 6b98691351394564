#include "text/arff_scanner.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/text.h"
#include "text/wide_blank.h"

namespace mtlkit {
namespace {

char UnescapeArff(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

}  // namespace

bool IsArffBlank(char c) {
  return c == ' ' || c == '\t';
}

bool StartsWithArffWord(std::string_view line, std::string_view word) {
  if (line.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != word[i]) {
      return false;
    }
  }
  return line.size() == word.size() || IsArffBlank(line[word.size()]);
}

bool IsArffWord(std::string_view text, std::string_view word) {
  return text.size() == word.size() && StartsWithArffWord(text, word);
}

std::string_view WithoutArffBlanksBehind(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length =
        IsArffBlank(text.back()) ? 1 : WideBlankBehind(text);
    if (length == 0) break;
    text.remove_suffix(length);
  }
  return text;
}

bool IsArffIsoDate(std::string_view type) {
  if (!StartsWithArffWord(type, "date")) return false;
  std::string pattern(Trim(type.substr(4)));
  std::erase(pattern, '"');
  std::erase(pattern, '\'');
  if (pattern.empty()) return true;
  constexpr std::string_view kDay = "yyyy-MM-dd";
  constexpr std::string_view kTimes[] = {"HH:mm", "HH:mm:ss", "HH:mm:ss.SSS"};
  if (!pattern.starts_with(kDay)) return false;
  pattern.erase(0, kDay.size());
  if (pattern.empty()) return true;
  const bool has_time = pattern[0] == 'T' || pattern[0] == ' ';
  return has_time && std::ranges::count(kTimes, pattern.substr(1)) > 0;
}

bool HasMilliseconds(std::string_view date) {
  constexpr std::size_t kDigits = 3;
  const std::size_t point = date.find('.');
  if (point == std::string_view::npos) return true;
  const std::string_view rest = date.substr(point + 1);
  return std::min(rest.find_first_not_of("0123456789"), rest.size()) == kDigits;
}

void ArffScanner::SkipBlanks() {
  while (!done()) {
    const std::size_t length =
        IsArffBlank(front()) ? 1 : WideBlankBefore(rest());
    if (length == 0) break;
    position_ += length;
  }
}

bool ArffScanner::Value(std::string_view stops, std::string_view* value) {
  SkipBlanks();
  quoted_ = !done() && (front() == '\'' || front() == '"');
  if (quoted_) return Quoted(value);
  char* const begin = position_;
  while (!done() && stops.find(front()) == std::string_view::npos) Advance();
  *value = WithoutArffBlanksBehind(
      {begin, static_cast<std::size_t>(position_ - begin)});
  return true;
}

bool ArffScanner::Quoted(std::string_view* value) {
  const char quote = front();
  char* const begin = ++position_;
  char* to = begin;
  while (!done() && front() != quote) {
    char c = front();
    Advance();
    if (c == '\\' && !done()) {
      c = UnescapeArff(front());
      Advance();
    }
    *to++ = c;
  }
  if (done()) return false;
  Advance();
  *value = {begin, static_cast<std::size_t>(to - begin)};
  return true;
}

}  // namespace mtlkit
