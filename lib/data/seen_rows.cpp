#include "data/seen_rows.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "h5/provenance.h"

namespace mtlkit {
namespace {

// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit of the
// result depends on every bit of `word`.
std::uint64_t Mix(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
  return word ^ (word >> 31);
}

// Mixed FNV-1a.
std::uint64_t KeyOfText(std::string_view text) {
  std::uint64_t word = 0xcbf29ce484222325U;
  for (const char character : text) {
    word = (word ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  }
  return Mix(word);
}

// The files that the rows come from, before the first record of their history.
std::uint64_t OriginOf(const Dataset& dataset) {
  std::set<std::string> sources;
  if (!dataset.provenance.empty()) {
    for (const auto& record : ParseProvenance(dataset.provenance)) {
      for (const ProvenanceInput& input : record.inputs) {
        if (input.from.empty()) sources.insert(input.digest);
      }
    }
  }
  if (sources.empty()) sources.insert(dataset.content_sha256);
  std::string all;
  for (const std::string& source : sources) all += source + '\n';
  return KeyOfText(all);
}

class RowKeys {
 public:
  explicit RowKeys(const Dataset& dataset)
      : ids_(dataset.ids),
        origin_(std::holds_alternative<NumberIds>(ids_) ? OriginOf(dataset)
                                                        : 0) {}

  std::uint64_t Of(Index row) const {
    if (const auto* texts = std::get_if<TextIds>(&ids_)) {
      return KeyOfText((*texts)[At(row)]);
    }
    const auto& numbers = std::get<NumberIds>(ids_);
    return Mix(origin_ ^ Mix(static_cast<std::uint64_t>(numbers[At(row)])));
  }

 private:
  const RowIds& ids_;
  std::uint64_t origin_;
};

void Merge(RowKeySet added, RowKeySet* keys) {
  if (keys->empty()) {
    *keys = std::move(added);
    return;
  }
  RowKeySet both;
  both.reserve(keys->size() + added.size());
  std::set_union(keys->begin(), keys->end(), added.begin(), added.end(),
                 std::back_inserter(both));
  *keys = std::move(both);
}

bool Contains(const RowKeySet& keys, std::uint64_t key) {
  return std::binary_search(keys.begin(), keys.end(), key);
}

}  // namespace

void AddRowKeys(const Dataset& dataset, std::span<const Index> rows,
                RowKeySet* keys) {
  if (rows.empty()) return;
  const RowKeys key_of(dataset);
  RowKeySet added;
  added.reserve(rows.size());
  for (const Index row : rows) added.push_back(key_of.Of(row));
  std::sort(added.begin(), added.end());
  added.erase(std::unique(added.begin(), added.end()), added.end());
  Merge(std::move(added), keys);
}

void AddSeenRows(const SeenRows& other, SeenRows* seen) {
  Merge(other.trained, &seen->trained);
  Merge(other.chosen, &seen->chosen);
}

std::vector<std::uint8_t> SeenBits(const SeenRows& seen, const Dataset& dataset,
                                   std::span<const Index> rows) {
  std::vector<std::uint8_t> bits;
  if (seen.trained.empty() && seen.chosen.empty()) return bits;
  const RowKeys key_of(dataset);
  bits.reserve(rows.size());
  for (const Index row : rows) {
    const std::uint64_t key = key_of.Of(row);
    const int trained = Contains(seen.trained, key) ? kTrainedOn : 0;
    const int chosen = Contains(seen.chosen, key) ? kChosenOn : 0;
    bits.push_back(static_cast<std::uint8_t>(trained | chosen));
  }
  return bits;
}

}  // namespace mtlkit
