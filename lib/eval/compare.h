#pragma once

#include <cstddef>

#include "eval/result.h"
#include "eval/summary.h"

namespace mtlkit {

// The gain of a model over the baseline of an evaluation whose tasks, names
// and level are complete; without a baseline over the best constants, whose
// errors are those on all rows, in every draw.
Gain GainOf(const Evaluation& evaluation, const Summary& summary,
            std::size_t model);

}  // namespace mtlkit
