#include "prep/ngrams.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "prep/transform_entry.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

constexpr Index kMostBuckets = Index{1} << 24;
constexpr std::size_t kMostOrder = 8;
// Between the words of a gram, and round the characters of a word: bytes that
// no word has.
constexpr char kBetween = ' ';
constexpr char kBegin = '\x02';
constexpr char kEnd = '\x03';

}  // namespace

void NgramOptions::Describe(Fields& fields) {
  fields("of", of, "what the grams are of: characters of words, or words",
         {"chars", "words"});
  fields.Field(
      {"orders", "how many of them a gram has, from N to M", {}, {}, "N-M"},
      orders);
  fields("buckets", buckets, "different codes, that grams are hashed to",
         Between(2, kMostBuckets));
  fields("lower", lower, "capital letters count as small ones");
  fields("keep", keep, "the column stays for a transform behind this one");
}

nlohmann::json NgramOptionsJson(const NgramOptions& options) {
  return {{"of", options.of},
          {"orders", options.orders},
          {"buckets", options.buckets},
          {"lower", options.lower}};
}

NgramOptions ReadNgramOptions(const nlohmann::json& json) {
  NgramOptions options;
  json.at("of").get_to(options.of);
  json.at("orders").get_to(options.orders);
  json.at("lower").get_to(options.lower);
  options.buckets = JsonInteger(json.at("buckets")).value_or(0);
  if (options.buckets < 2 || options.buckets > kMostBuckets) {
    FailDamagedTransform("ngrams", Str("it has ", options.buckets, " codes"));
  }
  return options;
}

NgramHasher::NgramHasher(const NgramOptions& options)
    : of_words_(options.of == "words"),
      lower_(options.lower),
      buckets_(options.buckets) {
  const std::vector<std::string> ends = Split(options.orders, '-');
  const auto read = [](const std::string& text, std::size_t* order) {
    long long value = 0;
    if (!ParseInteger(text, &value) || value < 1 ||
        value > static_cast<long long>(kMostOrder)) {
      return false;
    }
    *order = static_cast<std::size_t>(value);
    return true;
  };
  const bool reads = !ends.empty() && ends.size() <= 2 &&
                     read(ends.front(), &least_) && read(ends.back(), &most_) &&
                     least_ <= most_;
  Require(reads, ErrorKind::kUsage,
          Str("orders '", options.orders, "' are no range of n-grams"),
          Str("give N-M, from 1 to ", kMostOrder, ", such as 1-2"));
}

std::int32_t NgramHasher::CodeOf(std::string_view gram,
                                 std::size_t order) const {
  std::uint64_t hash = 14695981039346656037ULL + order;
  for (const char c : gram) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  hash ^= hash >> 32;
  return static_cast<std::int32_t>(hash % static_cast<std::uint64_t>(buckets_));
}

void NgramHasher::AppendCharacters(std::string_view word,
                                   std::vector<std::int32_t>* codes) const {
  const std::string marked = Str(kBegin, word, kEnd);
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < marked.size();) {
    starts.push_back(at);
    at += std::max<std::size_t>(
        CharacterSize(std::string_view(marked).substr(at)), 1);
  }
  starts.push_back(marked.size());
  for (std::size_t order = least_; order <= most_; ++order) {
    for (std::size_t i = 0; i + order < starts.size(); ++i) {
      const std::size_t size = starts[i + order] - starts[i];
      codes->push_back(
          CodeOf(std::string_view(marked).substr(starts[i], size), order));
    }
  }
}

void NgramHasher::Append(std::string_view text,
                         std::vector<std::int32_t>* codes) const {
  const std::string small = lower_ ? LowerCase(text) : std::string();
  if (lower_) text = small;
  if (!of_words_) {
    ForBlankWords(
        text, [&](std::string_view word) { AppendCharacters(word, codes); });
    return;
  }
  std::vector<std::string_view> words;
  ForMarkedWords(text, [&](std::string_view word) { words.push_back(word); });
  std::string gram;
  for (std::size_t order = least_; order <= most_; ++order) {
    for (std::size_t i = 0; i + order <= words.size(); ++i) {
      gram.clear();
      for (std::size_t k = 0; k < order; ++k) {
        if (k > 0) gram += kBetween;
        gram += words[i + k];
      }
      codes->push_back(CodeOf(gram, order));
    }
  }
}

}  // namespace mtlkit
