#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A piece of the arena that is in use from time `birth` to time `death`.
struct ArenaPiece {
  std::string what;
  Index size = 0;
  Index birth = 0;
  Index death = 0;
  // Row length, where the numbers of one row of the batch lie together: two
  // such pieces of equal row length may follow each other within a region,
  // since whoever works on some rows touches those of no other worker. With
  // `tokens` >= 0 it is that of one token of this input block.
  Index cols = 0;
  Index tokens = -1;
  Index offset = -1;
};

// Gives every piece its place, so that pieces in use at the same time do not
// overlap; sets the number of reals needed. `region_ends` are the last moments
// of the regions, ascending: within a region different rows are at different
// moments, so there a place is passed on only between pieces of equal row
// length.
void ArrangeArena(std::span<const Index> region_ends,
                  std::vector<ArenaPiece>* pieces, Index* size);

}  // namespace mtlkit
