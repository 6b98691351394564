#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// Marks that stand between groups of three digits: "1,234,567.8".
class DigitGroups {
 public:
  // "none", ",", ".", "'" or "space" (also those that do not break). Throws
  // kUsage where the mark is the decimal sign.
  DigitGroups(std::string_view mark, char decimal);

  // Whether a text is a number in groups: one to three digits, not 0 first,
  // then groups of three, and decimals as usual.
  bool IsGrouped(std::string_view text) const;
  // Takes the marks out of [begin, end) if it is in groups, in place; the new
  // end.
  char* Join(char* begin, char* end) const;

 private:
  // How many marks there are in a number of groups; -1: it is none.
  int CountMarks(std::string_view text) const;
  // Bytes of the mark that a text begins with; 0: none.
  std::size_t MarkLength(std::string_view text) const;

  std::vector<std::string_view> marks_;
  char decimal_;
};

// The flags that read all of some texts as numbers, some in groups:
// "--thousands ,"; "" if that is not so.
std::string FlagsOfGroups(const std::vector<std::string>& texts);

}  // namespace mtlkit
