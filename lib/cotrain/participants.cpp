#include "cotrain/participants.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/rng.h"

namespace mtlkit {

bool AllTakePart(const RunSpec& spec) {
  return spec.cotrain.fraction >= 1;
}

Index PeersInRound(const RunSpec& spec) {
  return std::max<Index>(
      1, std::lround(spec.cotrain.fraction * static_cast<double>(spec.peers)));
}

bool TakesPart(const RunSpec& spec, Index peer, Index round) {
  if (round < 1 || AllTakePart(spec)) return true;
  std::vector<Index> order(At(spec.peers));
  std::iota(order.begin(), order.end(), Index{0});
  // Step 0 of this purpose shares out the rows.
  Rng(spec.seed, RandomPurpose::kPeerRows, static_cast<std::uint64_t>(round))
      .Shuffle(order);
  const Index drawn = PeersInRound(spec);
  return std::find(order.begin(), order.begin() + drawn, peer) !=
         order.begin() + drawn;
}

Index NextRoundOf(const RunSpec& spec, Index peer, Index round) {
  do {
    ++round;
  } while (!TakesPart(spec, peer, round));
  return round;
}

Index RoundBefore(const RunSpec& spec, Index peer, Index round) {
  do {
    --round;
  } while (round > 0 && !TakesPart(spec, peer, round));
  return round;
}

}  // namespace mtlkit
