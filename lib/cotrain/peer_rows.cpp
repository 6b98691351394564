#include "cotrain/peer_rows.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/rng.h"
#include "train/train_inputs.h"

namespace mtlkit {
namespace {

// Shares out whole groups, largest first, each to the peer with the fewest
// rows so far.
std::vector<std::vector<Index>> PartsByGroup(const Dataset& data,
                                             const std::vector<Index>& rows,
                                             Index peers) {
  if (data.groups.empty()) {
    Fail(ErrorKind::kUsage, "--rows-by group: the data has no groups",
         "give the group column to mtl-prep with --group");
  }
  std::map<std::int64_t, std::vector<Index>> groups;
  for (const Index row : rows) {
    groups[data.groups[At(row)]].push_back(row);
  }
  std::vector<const std::vector<Index>*> order;
  order.reserve(groups.size());
  for (const auto& [id, members] : groups) order.push_back(&members);
  std::stable_sort(order.begin(), order.end(),
                   [](auto* a, auto* b) { return a->size() > b->size(); });
  std::vector<std::vector<Index>> parts(At(peers));
  for (const auto* members : order) {
    auto& smallest = *std::min_element(
        parts.begin(), parts.end(),
        [](const auto& a, const auto& b) { return a.size() < b.size(); });
    smallest.insert(smallest.end(), members->begin(), members->end());
  }
  return parts;
}

std::vector<std::vector<Index>> RandomParts(std::vector<Index> rows, Seed seed,
                                            Index peers) {
  Rng(seed, RandomPurpose::kPeerRows).Shuffle(rows);
  std::vector<std::vector<Index>> parts(At(peers));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    parts[i % At(peers)].push_back(rows[i]);
  }
  return parts;
}

}  // namespace

std::vector<Index> PeerRows(const RunSpec& spec, const Dataset& data,
                            const std::vector<Index>& train_rows, Index peer) {
  const PeerSpec& own = spec.Peer(peer);
  if (!own.rows.empty()) return data.SplitRows(own.rows);
  // `train_rows` are those of all peers then.
  const bool others_have =
      std::any_of(spec.each.begin(), spec.each.end(),
                  [](const PeerSpec& other) { return !other.rows.empty(); });
  if (others_have) return InputsOf(data, spec.train).train_rows;
  if (spec.cotrain.rows_by == "all") return train_rows;
  auto parts = spec.cotrain.rows_by == "group"
                   ? PartsByGroup(data, train_rows, spec.peers)
                   : RandomParts(train_rows, spec.seed, spec.peers);
  for (const auto& part : parts) {
    Require(!part.empty(), ErrorKind::kUsage,
            Str("--rows-by ", spec.cotrain.rows_by, " leaves a peer without ",
                "rows"),
            "use fewer peers");
  }
  std::vector<Index> rows = std::move(parts[At(peer)]);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace mtlkit
