#include "text/digit_groups.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

bool IsDigitAt(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

std::size_t CountDigits(std::string_view text) {
  std::size_t count = 0;
  while (IsDigitAt(text, count)) ++count;
  return count;
}

}  // namespace

DigitGroups::DigitGroups(std::string_view mark, char decimal)
    : decimal_(decimal) {
  Require(mark != std::string_view(&decimal, 1), ErrorKind::kUsage,
          Str("--thousands and --decimal are both '", mark, "'"),
          "give --decimal the other sign");
  if (mark == "space") {
    marks_ = {" ", "\u00A0", "\u202F", "\u2009"};
  } else if (mark == "'") {
    marks_ = {"'", "\u2019"};
  } else if (mark != "none") {
    marks_ = {mark == "," ? "," : "."};
  }
}

std::size_t DigitGroups::MarkLength(std::string_view text) const {
  for (const std::string_view mark : marks_) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

int DigitGroups::CountMarks(std::string_view text) const {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t first = CountDigits(text);
  if (first < 1 || first > 3 || text.front() == '0') return -1;
  text.remove_prefix(first);
  int marks = 0;
  while (const std::size_t length = MarkLength(text)) {
    text.remove_prefix(length);
    if (CountDigits(text) != 3) return -1;
    text.remove_prefix(3);
    ++marks;
  }
  if (text.starts_with(decimal_)) {
    text.remove_prefix(1);
    text.remove_prefix(CountDigits(text));
  }
  return text.empty() && marks > 0 ? marks : -1;
}

bool DigitGroups::IsGrouped(std::string_view text) const {
  return !marks_.empty() && CountMarks(text) > 0;
}

char* DigitGroups::Join(char* begin, char* end) const {
  if (!IsGrouped({begin, static_cast<std::size_t>(end - begin)})) return end;
  char* to = begin;
  for (char* from = begin; from < end;) {
    const std::size_t length =
        MarkLength({from, static_cast<std::size_t>(end - from)});
    from += length;
    if (length == 0) *to++ = *from++;
  }
  return to;
}

std::string FlagsOfGroups(const std::vector<std::string>& texts) {
  struct Way {
    std::string_view mark;
    char decimal;
    std::string_view flags;
  };
  constexpr Way kWays[] = {{",", '.', "--thousands ,"},
                           {".", ',', "--thousands . --decimal ,"},
                           {"'", '.', "--thousands \\'"},
                           {"space", '.', "--thousands space"},
                           {"space", ',', "--thousands space --decimal ,"}};
  for (const Way& way : kWays) {
    const DigitGroups groups(way.mark, way.decimal);
    bool any = false;
    const bool all = std::ranges::all_of(texts, [&](const std::string& text) {
      const bool is_grouped = groups.IsGrouped(text);
      any |= is_grouped;
      return is_grouped || IsCellNumber(text, way.decimal);
    });
    if (all && any) return std::string(way.flags);
  }
  return "";
}

}  // namespace mtlkit
