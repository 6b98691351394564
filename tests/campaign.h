#pragma once

#include <cstdlib>

#include "base/view.h"

namespace mtlkit {

// How much of a campaign (damages, kills, draws) a test runs: a sample of it,
// always the same, or all of it where `make test-long` sets MTLKIT_LONG.
inline Index Campaign(Index sample, Index whole) {
  return std::getenv("MTLKIT_LONG") == nullptr ? sample : whole;
}

}  // namespace mtlkit
