#include "eval/text_units.h"

#include <algorithm>
#include <iterator>

namespace mtlkit {

std::vector<std::uint32_t> WordNumbers::Of(
    const std::vector<std::u32string>& words) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(words.size());
  for (const std::u32string& word : words) {
    const auto next = static_cast<std::uint32_t>(known_.size());
    numbers.push_back(known_.emplace(word, next).first->second);
  }
  return numbers;
}

bool IsBlank(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 ||
         c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

std::vector<std::u32string> BlankSeparated(std::u32string_view text) {
  std::vector<std::u32string> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    while (i < text.size() && !IsBlank(text[i])) ++i;
    if (i > begin) words.emplace_back(text.substr(begin, i - begin));
    while (i < text.size() && IsBlank(text[i])) ++i;
  }
  return words;
}

std::u32string_view WithoutLastBlanks(std::u32string_view text) {
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<Ngram> NgramsOf(const std::vector<std::uint32_t>& units, Index n) {
  std::vector<Ngram> ngrams;
  for (Index i = 0; i + n <= std::ssize(units); ++i) {
    Ngram& ngram = ngrams.emplace_back();
    std::copy_n(units.begin() + i, n, ngram.begin());
  }
  std::ranges::sort(ngrams);
  return ngrams;
}

Index CommonNgrams(const std::vector<Ngram>& a, const std::vector<Ngram>& b) {
  Index common = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) {
      ++common;
      ++i;
      ++j;
    } else if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

std::vector<Ngram> UnitedNgrams(const std::vector<Ngram>& a,
                                const std::vector<Ngram>& b) {
  std::vector<Ngram> all;
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

}  // namespace mtlkit
