#pragma once

#include <vector>

#include "cotrain/collaboration.h"
#include "cotrain/publication.h"
#include "cotrain/record.h"
#include "nn/params.h"

namespace mtlkit {

// The oldest publications that a round reads.
Index OldestRead(const RunSpec& spec, Index round);

// What a round reads: the inputs that an earlier attempt at it committed to, or
// the newest publication of each peer, to which it commits now. Throws kStopped
// if too few peers have published.
std::vector<RoundInput> CommittedInputs(const Collaboration& run, Index peer,
                                        Index round);

// The other peers that a round would read if it began later: those without a
// publication of the round before it (--async: without one that is young
// enough). None where it has committed to what it reads.
std::vector<Index> NotYetThere(const Collaboration& run, Index peer,
                               Index round);

// Reads them; parameters must have the layout of `params`. What is not there,
// or is another, is kBadInput.
std::vector<Publication> ReadInputs(const Collaboration& run, Index peer,
                                    Index round,
                                    const std::vector<RoundInput>& inputs,
                                    const Params& params);

}  // namespace mtlkit
