#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mtlkit {

// ROUGE (Lin, "ROUGE: a package for automatic evaluation of summaries", 2004)
// as the program rouge_score 0.1.2 defines it, for one text; over texts, the
// mean.

enum class RougeUnits {
  // Runs of a-z and 0-9 of the text in lower case: of no use where letters are
  // others.
  kWords,
  // The same, those of more than three letters without their endings (Porter
  // 1980).
  kStems,
  // All characters but blanks: for scripts without blanks between words. Not of
  // rouge_score.
  kCharacters,
};
std::string_view RougeUnitsName(RougeUnits units);

// F1 of precision and recall, 0 to 1: of words, of pairs of them, and of the
// longest sequence that both have, gaps allowed (rougeL, not rougeLsum).
struct Rouge {
  double one = 0;
  double two = 0;
  double longest = 0;
};
// Each with the reference where it is largest, of at least one.
Rouge RougeOf(std::string_view text, std::span<const std::string> references,
              RougeUnits units);

}  // namespace mtlkit
