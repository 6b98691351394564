#include "train/network_terms.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Of an even share, what counts as none.
constexpr double kLeastShare = 0.05;

Index GatesOf(const Network& network, const Node& node) {
  std::vector<Index> cols;
  for (const Value input : node.inputs) {
    cols.push_back(network.info(input).cols);
  }
  return node.layer->GateCount(cols);
}

}  // namespace

NetworkTerms::NetworkTerms(const Network& network,
                           const std::vector<bool>& frozen)
    : penalties_(network.penalties(), *network.weights(), frozen) {
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    const Index count = GatesOf(network, network.node(i));
    if (count > 0) gates_.push_back({i, count});
  }
  kept_.resize(Columns(network).size());
}

std::vector<std::string> NetworkTerms::Columns(const Network& network) {
  std::vector<std::string> columns;
  if (!network.penalties().empty()) columns.emplace_back("penalty");
  for (const Node& node : network.nodes()) {
    for (Index e = 0; e < GatesOf(network, node); ++e) {
      columns.push_back(Str("share.", node.name, ".", e));
    }
  }
  return columns;
}

std::size_t NetworkTerms::SumCount(const Network& network) {
  const std::size_t columns = Columns(network).size();
  return columns == 0 ? 0 : columns + 1;
}

std::vector<double> NetworkTerms::Means(std::span<const double> sums) {
  std::vector<double> means;
  for (std::size_t i = 1; i < sums.size(); ++i) {
    means.push_back(sums[0] > 0 ? sums[i] / sums[0]
                                : std::numeric_limits<double>::quiet_NaN());
  }
  return means;
}

void NetworkTerms::AddGradients(const Block& weights,
                                std::span<const std::uint8_t> present,
                                std::span<Real> gradient) {
  if (penalties_.empty()) return;
  penalty_ = penalties_.AddGradients(weights, present, gradient);
}

void NetworkTerms::Look(const Plan& plan) {
  std::span<double> rest = kept_;
  if (!penalties_.empty()) {
    rest.front() = penalty_;
    rest = rest.subspan(1);
  }
  for (const Gates& gates : gates_) {
    plan.GateShares(gates.node, rest.first(At(gates.count)));
    rest = rest.subspan(At(gates.count));
  }
}

void NetworkTerms::Record(std::span<double> sums) const {
  if (sums.empty()) return;
  sums[0] += 1;
  for (std::size_t i = 0; i < kept_.size(); ++i) sums[i + 1] += kept_[i];
}

std::vector<std::string> UnusedExperts(const Network& network,
                                       std::span<const double> means) {
  // By value, the largest share of an even one; -1: no gate reads it.
  std::vector<double> most(network.values().size(), -1);
  std::size_t next = network.penalties().empty() ? 0 : 1;
  for (const Node& node : network.nodes()) {
    const Index gates = GatesOf(network, node);
    for (Index e = 0; e < gates; ++e) {
      const Value value = node.inputs[node.inputs.size() - At(gates - e)];
      const double share = means[next++] * static_cast<double>(gates);
      double& known = most[At(value.id)];
      // NaN, where there was no step, says nothing against it.
      if (!(share <= known)) known = share;
    }
  }
  std::vector<std::string> texts;
  for (std::size_t v = 0; v < most.size(); ++v) {
    const Index node = network.values()[v].node;
    if (most[v] < 0 || !(most[v] < kLeastShare) || node < 0) continue;
    texts.push_back(
        Str("gates take next to nothing of '", network.node(node).name, "' (",
            ShortNumber(100 * most[v]),
            " % of an even share): have fewer to choose from, or "
            "ask for even use where the architecture has balance="));
  }
  return texts;
}

}  // namespace mtlkit
