#include "eval/chrf.h"

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "eval/text_units.h"

namespace mtlkit {
namespace {

std::vector<std::uint32_t> CharactersOf(std::string_view text) {
  std::vector<std::uint32_t> characters;
  for (const char32_t c : Utf32(text)) {
    if (!IsBlank(c)) characters.push_back(static_cast<std::uint32_t>(c));
  }
  return characters;
}

}  // namespace

void ChrfCounts::Add(double weight, const ChrfCounts& other) {
  for (std::size_t n = 0; n < kChrfOrders; ++n) {
    text[n] += weight * other.text[n];
    reference[n] += weight * other.reference[n];
    common[n] += weight * other.common[n];
  }
}

ChrfCounts CountChrf(std::string_view text,
                     std::span<const std::string> references) {
  const std::vector<std::uint32_t> own = CharactersOf(text);
  ChrfCounts best;
  double most = -1;
  for (const std::string& reference : references) {
    const std::vector<std::uint32_t> other = CharactersOf(reference);
    ChrfCounts counts;
    for (std::size_t n = 0; n < kChrfOrders; ++n) {
      const Index order = static_cast<Index>(n) + 1;
      const std::vector<Ngram> known = NgramsOf(other, order);
      const std::vector<Ngram> said = NgramsOf(own, order);
      // No order counts in which the reference has nothing.
      counts.text[n] = known.empty() ? 0 : static_cast<double>(said.size());
      counts.reference[n] = static_cast<double>(known.size());
      counts.common[n] = static_cast<double>(CommonNgrams(said, known));
    }
    const double score = ChrfOf(counts);
    if (score <= most) continue;
    most = score;
    best = counts;
  }
  return best;
}

double ChrfOf(const ChrfCounts& counts) {
  constexpr double kFactor = 4;  // beta^2
  double precision = 0;
  double recall = 0;
  double orders = 0;
  for (std::size_t n = 0; n < kChrfOrders; ++n) {
    if (counts.text[n] == 0 || counts.reference[n] == 0) continue;
    precision += counts.common[n] / counts.text[n];
    recall += counts.common[n] / counts.reference[n];
    ++orders;
  }
  if (precision + recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  return 100 * (1 + kFactor) * precision * recall /
         (kFactor * precision + recall);
}

std::string ChrfSignature(Index references) {
  return Str("nrefs:", references,
             "|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0");
}

}  // namespace mtlkit
