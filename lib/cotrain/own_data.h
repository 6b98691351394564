#pragma once

#include <span>
#include <string>
#include <vector>

#include "cotrain/collaboration.h"
#include "cotrain/publication.h"
#include "data/seen_rows.h"

namespace mtlkit {

// Who learned from what, where that is more than the run's one file: by digests
// and keys, never by rows.

// Demands, of a round to come, that data of the peer's own are no other peer's:
// kBadInput, naming the file. Returns a note where this peer learned from other
// data before. Nothing where all peers have one file.
std::vector<std::string> CheckOwnData(const Collaboration& run, Index peer,
                                      Index round);

// A note for each other peer that has learned from rows of this one's own data,
// too; rows in `before` had been seen by the model that peers began from.
std::vector<std::string> SharedRows(const Collaboration& run, Index peer,
                                    std::span<const Publication> inputs,
                                    const SeenRows& before);

// The keys (data/seen_rows.h) of rows that others cannot know of: of the peer's
// own data, and those in `before`; so that who measures a model of the run on
// them can be warned. Arrays `trained-rows` and `chosen-rows`.
void PublishSeenRows(const Collaboration& run, const SeenRows& before,
                     Publication* publication);
// Adds those of a publication, if it has any.
void AddPublishedRows(const Publication& publication, SeenRows* seen);

}  // namespace mtlkit
