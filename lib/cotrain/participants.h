#pragma once

#include "base/view.h"
#include "cotrain/run.h"

namespace mtlkit {

// Who takes part in which rounds: all peers in all, or of a run with --fraction
// C below 1 in each round max(1, C x peers, rounded) of them, which seed and
// round draw (McMahan et al. 2017). The others do not have that round: they
// publish nothing in it, and nobody waits for them.

bool AllTakePart(const RunSpec& spec);
Index PeersInRound(const RunSpec& spec);
// `round`: from 1.
bool TakesPart(const RunSpec& spec, Index peer, Index round);
// The first round after `round` in which the peer takes part, and the last one
// before it; 0 if there is none: where the peer begins.
Index NextRoundOf(const RunSpec& spec, Index peer, Index round);
Index RoundBefore(const RunSpec& spec, Index peer, Index round);

}  // namespace mtlkit
