#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "nn/plan_layout.h"

namespace mtlkit {

// Gives every piece its place, so that pieces in use at the same time do not
// overlap; sets the number of reals needed. `region_ends` are the last moments
// of the regions, ascending: within a region different rows are at different
// moments, so there a place is passed on only between pieces of equal row
// length.
void ArrangeArena(std::span<const Index> region_ends,
                  std::vector<ArenaPiece>* pieces, Index* size);

}  // namespace mtlkit
