#include "cotrain/method.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/registry.h"
#include "train/protocol.h"

namespace mtlkit {

#define MTLKIT_ENTRY(entry) extern const RoundMethod entry;
#include "cotrain/methods.def"
#undef MTLKIT_ENTRY

std::span<const RoundMethod* const> RoundMethods() {
  static constexpr std::array kEntries = {
#define MTLKIT_ENTRY(entry) &entry,
#include "cotrain/methods.def"
#undef MTLKIT_ENTRY
  };
  return kEntries;
}

const RoundMethod& FindRoundMethod(std::string_view name) {
  for (const ProtocolEntry* protocol : ProtocolEntries()) {
    if (protocol->name == name) {
      Fail(ErrorKind::kUsage,
           Str("'", name, "' couples its peers at every batch, not in rounds"),
           Str("train them in one process with mtl-cotrain local --method ",
               name));
    }
  }
  return FindEntry(RoundMethods(), "method", name);
}

namespace {

Json ValuesOf(CotrainOptions options) {
  Json values;
  JsonWriter writer(&values, true);
  options.Describe(writer);
  return values;
}

void RequireUsedFields(const RunSpec& spec, const RoundMethod& method) {
  const Json defaults = ValuesOf(CotrainOptions{});
  const Json values = ValuesOf(spec.cotrain);
  for (const auto& [name, value] : values.items()) {
    if (value == defaults.at(name) || name == "rows-by" ||
        name == "max-stale" || name == "min-peers") {
      continue;
    }
    if (std::find(method.fields.begin(), method.fields.end(), name) ==
        method.fields.end()) {
      Fail(ErrorKind::kUsage,
           Str("--", name, " has no effect with --method ", method.name),
           "leave it out");
    }
  }
}

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
    groups[data.groups[static_cast<std::size_t>(row)]].push_back(row);
  }
  std::vector<const std::vector<Index>*> order;
  order.reserve(groups.size());
  for (const auto& [id, members] : groups) order.push_back(&members);
  std::stable_sort(order.begin(), order.end(),
                   [](auto* a, auto* b) { return a->size() > b->size(); });
  std::vector<std::vector<Index>> parts(static_cast<std::size_t>(peers));
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
  std::vector<std::vector<Index>> parts(static_cast<std::size_t>(peers));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    parts[i % static_cast<std::size_t>(peers)].push_back(rows[i]);
  }
  return parts;
}

}  // namespace

void CheckRunSpec(const RunSpec& spec, const Dataset& data) {
  const RoundMethod& method = FindRoundMethod(spec.method);
  if (spec.peers < method.least_peers) {
    Fail(ErrorKind::kUsage,
         Str("--method ", method.name, " needs at least ", method.least_peers,
             " peers, not ", spec.peers),
         "give more with --peers");
  }
  if (spec.cotrain.min_peers >= spec.peers) {
    Fail(ErrorKind::kUsage,
         Str("--min-peers ", spec.cotrain.min_peers, ": a peer has only ",
             spec.peers - 1, " others"),
         "ask for fewer, or give more --peers");
  }
  if (!spec.views.empty() &&
      static_cast<Index>(spec.views.size()) != spec.peers) {
    Fail(ErrorKind::kUsage, "every peer or none must have a --view",
         "give one --view PEER=INPUT for each peer");
  }
  if (method.same_start && !spec.views.empty()) {
    Fail(ErrorKind::kUsage,
         Str("--method ", method.name,
             " averages parameters, so its peers cannot have views"),
         "leave out --view");
  }
  if (spec.cotrain.params == "trunk" &&
      BuildNetwork(data.schema(), spec.arch).weights()->shared_size() == 0) {
    Fail(ErrorKind::kUsage, "--params trunk: this network shares nothing",
         "use --arch shared, or --params all");
  }
  RequireUsedFields(spec, method);
}

std::vector<Index> PeerRows(const RunSpec& spec, const Dataset& data,
                            const std::vector<Index>& train_rows, Index peer) {
  if (spec.cotrain.rows_by == "all") return train_rows;
  auto parts = spec.cotrain.rows_by == "group"
                   ? PartsByGroup(data, train_rows, spec.peers)
                   : RandomParts(train_rows, spec.seed, spec.peers);
  for (const auto& part : parts) {
    if (part.empty()) {
      Fail(ErrorKind::kUsage,
           Str("--rows-by ", spec.cotrain.rows_by, " leaves a peer without ",
               "rows"),
           "use fewer peers");
    }
  }
  std::vector<Index> rows = std::move(parts[static_cast<std::size_t>(peer)]);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace mtlkit
