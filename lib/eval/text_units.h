#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

// What scores of texts count: words or characters as whole numbers, and runs of
// them. All texts are UTF-8.
namespace mtlkit {

// Words of texts that are compared, by number: equal ones have the same one.
class WordNumbers {
 public:
  std::vector<std::uint32_t> Of(const std::vector<std::u32string>& words);

 private:
  std::map<std::u32string, std::uint32_t> known_;
};

// What Python's str.split() takes for a blank.
bool IsBlank(char32_t c);
// The parts between blanks.
std::vector<std::u32string> BlankSeparated(std::u32string_view text);
// The text without blanks at its end.
std::u32string_view WithoutLastBlanks(std::u32string_view text);

inline constexpr std::size_t kLongestNgram = 6;
// Runs of n units, each as often as it occurs, in order; zeros behind n.
using Ngram = std::array<std::uint32_t, kLongestNgram>;
std::vector<Ngram> NgramsOf(const std::vector<std::uint32_t>& units, Index n);
// How many two such lists have in common, each counted as often as it is in
// both.
Index CommonNgrams(const std::vector<Ngram>& a, const std::vector<Ngram>& b);
// Each as often as in the list that has more of it.
std::vector<Ngram> UnitedNgrams(const std::vector<Ngram>& a,
                                const std::vector<Ngram>& b);

}  // namespace mtlkit
