#pragma once

#include <string>
#include <vector>

#include "base/view.h"
#include "bench/measure.h"

namespace mtlkit {

// Wall time of starting `program --version`, as a multiple of that of a
// program that does nothing, over interleaved rounds.
Quartiles StartUpRatio(const std::string& program, const std::string& nothing,
                       Index rounds);

}  // namespace mtlkit
