#include "cotrain/aggregate.h"

#include <cassert>

namespace mtlkit {

#define MTLKIT_REGISTRY AggregateEntries
#define MTLKIT_REGISTRY_ENTRY AggregateEntry
#define MTLKIT_REGISTRY_LIST "cotrain/aggregates.def"
#include "base/registry_list.inc"

std::vector<double> Aggregate::Shares(std::span<const PeerNumbers> peers,
                                      std::size_t /*weight_count*/) const {
  double total = 0;
  for (const PeerNumbers& peer : peers) total += peer.rows;
  std::vector<double> shares;
  for (const PeerNumbers& peer : peers) shares.push_back(peer.rows / total);
  return shares;
}

double Aggregate::Combine(std::span<const double> values,
                          std::span<const double> shares) const {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += shares[i] * values[i];
  return sum;
}

std::unique_ptr<Aggregate> MakeAggregate(const std::string& text) {
  return MakeChosen(AggregateEntries(), "aggregate",
                    ParseChoice(text, "--aggregate"), "--aggregate");
}

std::vector<Real> AggregateOf(const Aggregate& aggregate,
                              std::span<const PeerNumbers> peers,
                              std::size_t weight_count) {
  assert(!peers.empty());
  const std::vector<double> shares = aggregate.Shares(peers, weight_count);
  std::vector<double> values(peers.size());
  std::vector<Real> made(peers[0].values.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    for (std::size_t k = 0; k < peers.size(); ++k) {
      values[k] = static_cast<double>(peers[k].values[i]);
    }
    made[i] = static_cast<Real>(aggregate.Combine(values, shares));
  }
  return made;
}

}  // namespace mtlkit
