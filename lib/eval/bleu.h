#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// BLEU (Papineni, Roukos, Ward and Zhu, "BLEU: a method for automatic
// evaluation of machine translation", 2002) as sacreBLEU 2.6 defines it (Post,
// "A call for clarity in reporting BLEU scores", 2018): of detokenised texts,
// case kept, counts summed over all of them; never a mean of sentences.

// What texts are cut into.
enum class BleuTokens {
  k13a,   // words and punctuation, as mteval-v13a.pl
  kZh,    // Chinese characters one by one, the rest as 13a
  kChar,  // characters
};
// "13a", "zh", "char"; another name is an error (kUsage).
BleuTokens ParseBleuTokens(std::string_view name);
std::vector<std::u32string> BleuWords(std::string_view text, BleuTokens tokens);

inline constexpr std::size_t kBleuOrders = 4;

// What is added up over texts, each times its weight.
struct BleuCounts {
  std::array<double, kBleuOrders> correct = {};  // runs of 1 to 4 words
  std::array<double, kBleuOrders> total = {};
  double words = 0;      // of what is scored
  double reference = 0;  // of the reference that is nearest in length
  void Add(double weight, const BleuCounts& other);
};
// Of one text, with at least one reference.
BleuCounts CountBleu(std::string_view text,
                     std::span<const std::string> references,
                     BleuTokens tokens);

struct Bleu {
  double score = 0;                                 // 0 to 100
  std::array<double, kBleuOrders> precisions = {};  // in percent
  double brevity = 1;
};
// Orders without a match are smoothed: 1 / 2^k of one match for the k-th of
// them. 0 where nothing matches.
Bleu BleuOf(const BleuCounts& counts);

// "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0": the definition
// that the score is of.
std::string BleuSignature(Index references, BleuTokens tokens);

}  // namespace mtlkit
