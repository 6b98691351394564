#include "eval/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "base/utf8.h"
#include "eval/text_units.h"

namespace mtlkit {
namespace {

constexpr std::string_view kTokenNames[] = {"13a", "zh", "char"};

bool IsDigit(char32_t c) {
  return c >= '0' && c <= '9';
}
bool IsStop(char32_t c) {
  return c == '.' || c == ',';
}
// All of ASCII that is no letter, digit or control, but ' , - .
bool IsSymbol(char32_t c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') ||
         (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') ||
         (c >= ':' && c <= '@') || c == '/';
}

void Replace(std::u32string_view what, std::u32string_view with,
             std::u32string* text) {
  for (std::size_t at = text->find(what); at != text->npos;
       at = text->find(what, at + with.size())) {
    text->replace(at, what.size(), with);
  }
}

// Where two neighbours are of these kinds, blanks around the first or the
// second of them. From left to right; no character is in two pairs, as with the
// expressions of the reference program.
template <class First, class Second>
std::u32string SplitPairs(std::u32string_view text, First is_first,
                          Second is_second, std::u32string_view before,
                          std::u32string_view between,
                          std::u32string_view behind) {
  std::u32string cut;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 == text.size() || !is_first(text[i]) || !is_second(text[i + 1])) {
      cut += text[i];
      continue;
    }
    cut += before;
    cut += text[i];
    cut += between;
    cut += text[++i];
    cut += behind;
  }
  return cut;
}

std::vector<std::u32string> WesternWords(std::u32string_view text) {
  std::u32string cut;
  for (const char32_t c : text) {
    if (IsSymbol(c)) {
      cut += {U' ', c, U' '};
    } else {
      cut += c;
    }
  }
  const auto no_digit = [](char32_t c) { return !IsDigit(c); };
  cut = SplitPairs(cut, no_digit, IsStop, U"", U" ", U" ");
  cut = SplitPairs(cut, IsStop, no_digit, U" ", U" ", U"");
  cut = SplitPairs(
      cut, IsDigit, [](char32_t c) { return c == '-'; }, U"", U" ", U" ");
  return BlankSeparated(cut);
}

std::vector<std::u32string> Words13a(std::u32string text) {
  Replace(U"<skipped>", U"", &text);
  Replace(U"-\n", U"", &text);
  Replace(U"\n", U" ", &text);
  Replace(U"&quot;", U"\"", &text);
  Replace(U"&amp;", U"&", &text);
  Replace(U"&lt;", U"<", &text);
  Replace(U"&gt;", U">", &text);
  return WesternWords(U" " + text + U" ");
}

struct CodeRange {
  char32_t first;
  char32_t last;
};
// Those of sacreBLEU, where two ranges that are meant to begin at 20000 and
// 2f800 are read as others: 2001 to 2a6d and 2f81 to 2fa1.
constexpr CodeRange kChinese[] = {
    {0x3400, 0x4db5}, {0x4e00, 0x9fa5}, {0x9fa6, 0x9fbb}, {0xf900, 0xfa2d},
    {0xfa30, 0xfa6a}, {0xfa70, 0xfad9}, {0x2001, 0x2a6d}, {0x2f81, 0x2fa1},
    {0xff00, 0xffef}, {0x2e80, 0x2eff}, {0x3000, 0x303f}, {0x31c0, 0x31ef},
    {0x2f00, 0x2fdf}, {0x2ff0, 0x2fff}, {0x3100, 0x312f}, {0x31a0, 0x31bf},
    {0xfe10, 0xfe1f}, {0xfe30, 0xfe4f}, {0x2600, 0x26ff}, {0x2700, 0x27bf},
    {0x3200, 0x32ff}, {0x3300, 0x33ff}};

std::vector<std::u32string> WordsZh(std::u32string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  std::u32string cut;
  for (const char32_t c : text) {
    if (std::ranges::any_of(kChinese, [c](const CodeRange& range) {
          return range.first <= c && c <= range.last;
        })) {
      cut += {U' ', c, U' '};
    } else {
      cut += c;
    }
  }
  return WesternWords(cut);
}

std::vector<std::u32string> WordsChar(std::u32string_view text) {
  std::vector<std::u32string> words;
  for (const char32_t c : text) {
    if (!IsBlank(c)) words.emplace_back(1, c);
  }
  return words;
}

// Of two that are as near, the shorter one.
Index NearestLength(Index words, const std::vector<Index>& lengths) {
  return *std::ranges::min_element(lengths, [words](Index a, Index b) {
    const Index far_a = std::abs(a - words);
    const Index far_b = std::abs(b - words);
    return far_a != far_b ? far_a < far_b : a < b;
  });
}

}  // namespace

BleuTokens ParseBleuTokens(std::string_view name) {
  const auto found = std::ranges::find(kTokenNames, name);
  Require(found != std::end(kTokenNames), ErrorKind::kUsage,
          Str("BLEU cannot cut texts as '", name, "'"), "known: 13a, zh, char");
  return static_cast<BleuTokens>(found - std::begin(kTokenNames));
}

std::vector<std::u32string> BleuWords(std::string_view text,
                                      BleuTokens tokens) {
  const std::u32string all = Utf32(text);
  const std::u32string_view kept = WithoutLastBlanks(all);
  switch (tokens) {
    case BleuTokens::k13a:
      return Words13a(std::u32string(kept));
    case BleuTokens::kZh:
      return WordsZh(kept);
    case BleuTokens::kChar:
      return WordsChar(kept);
  }
  return {};
}

void BleuCounts::Add(double weight, const BleuCounts& other) {
  for (std::size_t n = 0; n < kBleuOrders; ++n) {
    correct[n] += weight * other.correct[n];
    total[n] += weight * other.total[n];
  }
  words += weight * other.words;
  reference += weight * other.reference;
}

BleuCounts CountBleu(std::string_view text,
                     std::span<const std::string> references,
                     BleuTokens tokens) {
  WordNumbers numbers;
  const auto words = numbers.Of(BleuWords(text, tokens));
  std::vector<std::vector<std::uint32_t>> others;
  std::vector<Index> lengths;
  for (const std::string& reference : references) {
    others.push_back(numbers.Of(BleuWords(reference, tokens)));
    lengths.push_back(std::ssize(others.back()));
  }
  BleuCounts counts;
  counts.words = static_cast<double>(words.size());
  counts.reference =
      static_cast<double>(NearestLength(std::ssize(words), lengths));
  for (std::size_t n = 0; n < kBleuOrders; ++n) {
    const Index order = static_cast<Index>(n) + 1;
    std::vector<Ngram> known;
    for (const auto& other : others) {
      known = UnitedNgrams(known, NgramsOf(other, order));
    }
    const std::vector<Ngram> own = NgramsOf(words, order);
    counts.total[n] = static_cast<double>(own.size());
    counts.correct[n] = static_cast<double>(CommonNgrams(own, known));
  }
  return counts;
}

Bleu BleuOf(const BleuCounts& counts) {
  Bleu bleu;
  if (counts.words < counts.reference) {
    bleu.brevity =
        counts.words > 0 ? std::exp(1 - counts.reference / counts.words) : 0;
  }
  if (std::ranges::all_of(counts.correct, [](double n) { return n == 0; })) {
    return bleu;
  }
  double logs = 0;
  double smooth = 1;
  bool is_zero = false;
  for (std::size_t n = 0; n < kBleuOrders; ++n) {
    const double total = counts.total[n];
    is_zero |= total == 0;
    if (is_zero) break;
    if (counts.correct[n] == 0) {
      smooth *= 2;
      bleu.precisions[n] = 100 / (smooth * total);
    } else {
      bleu.precisions[n] = 100 * counts.correct[n] / total;
    }
    logs += std::log(bleu.precisions[n]);
  }
  if (!is_zero) {
    bleu.score =
        bleu.brevity * std::exp(logs / static_cast<double>(kBleuOrders));
  }
  return bleu;
}

std::string BleuSignature(Index references, BleuTokens tokens) {
  return Str("nrefs:", references, "|case:mixed|eff:no|tok:",
             kTokenNames[static_cast<std::size_t>(tokens)],
             "|smooth:exp|version:2.6.0");
}

}  // namespace mtlkit
