#pragma once

#include <span>

#include "nn/params.h"

namespace mtlkit {

// Parameters with their share in an average.
struct WeightedParams {
  const Params* params = nullptr;
  double weight = 0;  // rows that they were learned from
};

// The weighted mean of parameters of one layout, in double, in the order given
// (callers sort by peer, so that the order of arrival does not matter).
// Buffers (running statistics) are averaged too. With `trunk_only`, only what
// several tasks share; everything else stays as in `own`. The inputs are not
// changed. McMahan et al. 2017, algorithm 1.
Params AverageParams(std::span<const WeightedParams> peers, bool trunk_only,
                     const Params& own);

}  // namespace mtlkit
