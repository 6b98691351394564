#pragma once

#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// The rows that something is fitted to: all up to 100,000, of more a sample of
// that many, always the same, so that memory does not grow with them.
std::vector<Index> SampleToFit(std::span<const Index> rows);

}  // namespace mtlkit
