#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/view.h"

namespace mtlkit {

// Options of n-grams that are hashed (Weinberger et al., "Feature hashing for
// large scale multitask learning", 2009).
struct NgramOptions {
  std::string of = "chars";
  std::string orders = "2-4";
  Index buckets = 20000;
  bool lower = true;
  bool keep = false;

  void Describe(Fields& fields);
};

// As a record keeps them. Throws where they are none (kBadInput), or what JSON
// throws.
nlohmann::json NgramOptionsJson(const NgramOptions& options);
NgramOptions ReadNgramOptions(const nlohmann::json& json);

// The codes, 0 .. buckets - 1, of the n-grams of texts. Of characters they are
// those of each word, with a mark for its beginning and its end; of words those
// of what ForMarkedWords visits. Codes follow from bytes alone (FNV-1a), on any
// machine.
class NgramHasher {
 public:
  // kUsage where `orders` is no range N-M of 1 .. 8.
  explicit NgramHasher(const NgramOptions& options);
  Index buckets() const { return buckets_; }
  void Append(std::string_view text, std::vector<std::int32_t>* codes) const;

 private:
  void AppendCharacters(std::string_view word,
                        std::vector<std::int32_t>* codes) const;
  std::int32_t CodeOf(std::string_view gram, std::size_t order) const;

  bool of_words_;
  bool lower_;
  std::size_t least_ = 0;
  std::size_t most_ = 0;
  Index buckets_;
};

}  // namespace mtlkit
