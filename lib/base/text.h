#pragma once

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Parts of `text` between separators; "a,,b" has three parts, "" has none.
std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts,
                 std::string_view separator);
// The member `name` of every item.
template <class Items>
std::vector<std::string> NamesOf(const Items& items) {
  std::vector<std::string> names;
  names.reserve(std::size(items));
  for (const auto& item : items) names.push_back(item.name);
  return names;
}
std::string_view Trim(std::string_view text);

// Names between commas, where "\\," is a comma of a name; "" has none.
std::vector<std::string> SplitNames(std::string_view text);
// `name` as SplitNames reads it: "price\\, net".
std::string NameInList(std::string_view name);

// The whole of `text` as a number; false if it is anything else. Accepts what
// std::from_chars does, a leading '+', and nothing locale-dependent.
bool ParseNumber(std::string_view text, double* value);
bool ParseInteger(std::string_view text, long long* value);

// The shortest decimal text that reads back as the same number; a power of
// ten appears below 1e-4 and from 1e15 on only.
std::string FormatNumber(double value);
std::string FormatNumber(float value);

// Whether `path` ends so (".csv"), in small or capital letters.
bool HasEnding(std::string_view path, std::string_view ending);

// Whether `text` matches a shell pattern of '*', '?' and literal characters.
bool MatchesPattern(std::string_view pattern, std::string_view text);

// `text` on one line of a terminal: blanks for tabs and line breaks, what else
// base/terminal_text.h makes visible as "\x1b".
std::string VisibleText(std::string_view text);

// "1 class", "7 classes".
std::string Counted(Index count, std::string_view one, std::string_view many);

// Columns that `text` (UTF-8) takes on a terminal: 2 of wide characters.
std::size_t TextWidth(std::string_view text);

// Natural order of class names: numbers by value, before words by bytes.
bool NaturalLess(std::string_view a, std::string_view b);

}  // namespace mtlkit
