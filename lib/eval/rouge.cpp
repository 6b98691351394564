#include "eval/rouge.h"

#include <algorithm>
#include <vector>

#include "base/utf8.h"
#include "eval/porter_stem.h"
#include "eval/text_units.h"

namespace mtlkit {
namespace {

constexpr std::size_t kLongWord = 3;

// What is a letter or digit of ASCII in lower case, else 0. Two characters
// beside those of ASCII are in lower case: the Kelvin sign, and the capital I
// with a dot, which becomes two.
char LowerOf(char32_t c) {
  if (c == 0x212a) return 'k';
  if (c == 0x130) return 'i';
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return is_kept ? static_cast<char>(c) : '\0';
}

std::vector<std::u32string> WordsOf(std::u32string_view text, bool stems) {
  std::vector<std::u32string> words;
  std::string word;
  const auto finish = [&] {
    if (word.empty()) return;
    if (stems && word.size() > kLongWord) word = PorterStem(word);
    words.emplace_back(word.begin(), word.end());
    word.clear();
  };
  for (const char32_t c : text) {
    const char lower = LowerOf(c);
    if (lower != '\0') word += lower;
    if (lower == '\0' || c == 0x130) finish();
  }
  finish();
  return words;
}

std::vector<std::u32string> UnitsOf(std::string_view text, RougeUnits units) {
  const std::u32string all = Utf32(text);
  if (units != RougeUnits::kCharacters) {
    return WordsOf(all, units == RougeUnits::kStems);
  }
  std::vector<std::u32string> characters;
  for (const char32_t c : all) {
    if (!IsBlank(c)) characters.emplace_back(1, c);
  }
  return characters;
}

double F1(Index common, Index said, Index known) {
  if (common == 0) return 0;
  const double precision =
      static_cast<double>(common) / static_cast<double>(said);
  const double recall =
      static_cast<double>(common) / static_cast<double>(known);
  return 2 * precision * recall / (precision + recall);
}

double OfNgrams(const std::vector<std::uint32_t>& said,
                const std::vector<std::uint32_t>& known, Index n) {
  const std::vector<Ngram> a = NgramsOf(said, n);
  const std::vector<Ngram> b = NgramsOf(known, n);
  return F1(CommonNgrams(a, b), std::ssize(a), std::ssize(b));
}

Index LongestCommon(const std::vector<std::uint32_t>& a,
                    const std::vector<std::uint32_t>& b) {
  std::vector<Index> above(b.size() + 1);
  std::vector<Index> here(b.size() + 1);
  for (const std::uint32_t unit : a) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      here[j + 1] =
          unit == b[j] ? above[j] + 1 : std::max(above[j + 1], here[j]);
    }
    std::swap(above, here);
  }
  return above.back();
}

}  // namespace

std::string_view RougeUnitsName(RougeUnits units) {
  switch (units) {
    case RougeUnits::kWords:
      return "words";
    case RougeUnits::kStems:
      return "stems";
    case RougeUnits::kCharacters:
      return "characters";
  }
  return "";
}

Rouge RougeOf(std::string_view text, std::span<const std::string> references,
              RougeUnits units) {
  WordNumbers numbers;
  const auto said = numbers.Of(UnitsOf(text, units));
  Rouge best;
  for (const std::string& reference : references) {
    const auto known = numbers.Of(UnitsOf(reference, units));
    best.one = std::max(best.one, OfNgrams(said, known, 1));
    best.two = std::max(best.two, OfNgrams(said, known, 2));
    best.longest = std::max(
        best.longest,
        F1(LongestCommon(said, known), std::ssize(said), std::ssize(known)));
  }
  return best;
}

}  // namespace mtlkit
