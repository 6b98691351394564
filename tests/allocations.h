#pragma once

namespace mtlkit {

// Heap allocations by any thread since the program began. For programs that
// have allocations.cpp among their sources, which replaces the global operator
// new.
long long AllocationCount();

}  // namespace mtlkit
