#pragma once

#include <span>
#include <string>
#include <vector>

#include "cotrain/collaboration.h"
#include "cotrain/publication.h"
#include "data/seen_rows.h"

namespace mtlkit {

// Peers with data of their own: who learned from what, by digests and keys,
// never by rows.

// Demands, of a round to come, that the data at hand are no other peer's:
// kBadInput, naming the file. Returns a note where this peer learned from other
// data before. Nothing where all peers have one file.
std::vector<std::string> CheckOwnData(const Collaboration& run, Index peer,
                                      Index round);

// A note for each other peer that has learned from rows of this one's, too.
std::vector<std::string> SharedRows(const Collaboration& run, Index peer,
                                    std::span<const Publication> inputs);

// The keys of the peer's training rows (data/seen_rows.h), so that who measures
// a model of the run on them can be warned: the array "trained-rows".
void PublishOwnRows(const Collaboration& run, Publication* publication);
// Adds those of a publication, if it has any.
void AddOwnRows(const Publication& publication, SeenRows* seen);

}  // namespace mtlkit
