#pragma once

#include <vector>

#include "cotrain/run.h"
#include "data/dataset.h"

namespace mtlkit {

// The training rows of one peer: all, or its part. Parts are disjoint and
// together are all; each has a row, or the number of peers is kUsage.
// `train_rows` are those of the run.
std::vector<Index> PeerRows(const RunSpec& spec, const Dataset& data,
                            const std::vector<Index>& train_rows, Index peer);

}  // namespace mtlkit
