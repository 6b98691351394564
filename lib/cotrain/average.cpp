#include "cotrain/average.h"

#include <cassert>

namespace mtlkit {
namespace {

using GetBlock = const Block& (*)(const Params&);

void Average(std::span<const WeightedParams> peers, GetBlock block_of,
             Index count, std::span<Real> out) {
  double total = 0;
  for (const WeightedParams& peer : peers) total += peer.weight;
  for (Index i = 0; i < count; ++i) {
    const auto at = At(i);
    double sum = 0;
    for (const WeightedParams& peer : peers) {
      sum += peer.weight / total *
             static_cast<double>(block_of(*peer.params).all()[at]);
    }
    out[at] = static_cast<Real>(sum);
  }
}

}  // namespace

Params AverageParams(std::span<const WeightedParams> peers, bool trunk_only,
                     const Params& own) {
  assert(!peers.empty());
  Params result = own;
  const Layout& layout = own.weights.layout();
  Average(
      peers,
      [](const Params& params) -> const Block& { return params.weights; },
      trunk_only ? layout.shared_size() : layout.size(), result.weights.all());
  const Layout& buffers = own.buffers.layout();
  Average(
      peers,
      [](const Params& params) -> const Block& { return params.buffers; },
      trunk_only ? buffers.shared_size() : buffers.size(),
      result.buffers.all());
  return result;
}

}  // namespace mtlkit
