#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/registry.h"
#include "base/view.h"

namespace mtlkit {

// What one peer has to say of the numbers that are exchanged.
struct PeerNumbers {
  std::span<const Real> values;
  double rows = 0;  // that they were learned from; more than 0
};

// How one row of numbers is made of those of several peers. A pure function,
// and the same for every order of peers but for rounding: callers give them by
// peer number.
class Aggregate {
 public:
  virtual ~Aggregate() = default;
  // How much each peer counts; they sum to 1. As given: by rows.
  // `weight_count`: the numbers behind the first so many are buffers, which say
  // nothing of how far peers are apart.
  virtual std::vector<double> Shares(std::span<const PeerNumbers> peers,
                                     std::size_t weight_count) const;
  // One number of one a peer. As given: their mean by shares, in double.
  virtual double Combine(std::span<const double> values,
                         std::span<const double> shares) const;
  // Peers without which its promise against bad ones does not hold.
  virtual Index least_peers() const { return 1; }
};

// A registered way (aggregates.def); --aggregate NAME[:option=value,...].
using AggregateEntry = RegistryEntry<std::unique_ptr<Aggregate>>;

std::span<const AggregateEntry* const> AggregateEntries();
// An unknown name or option is kUsage.
std::unique_ptr<Aggregate> MakeAggregate(const std::string& text);

// Needs at least one peer, and as many values of each.
std::vector<Real> AggregateOf(const Aggregate& aggregate,
                              std::span<const PeerNumbers> peers,
                              std::size_t weight_count);

}  // namespace mtlkit
