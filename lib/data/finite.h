#pragma once

#include <string>

#include "data/dataset.h"

namespace mtlkit::internal {

// kBadInput of a number in a batch that is missing or infinite.
[[noreturn]] void FailNotFinite(const Dataset& dataset, const InputBlock& block,
                                Index row, Index col, double value);

}  // namespace mtlkit::internal
