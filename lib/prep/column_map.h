#pragma once

#include "data/dataset.h"

namespace mtlkit {

// The columns of `block` that `wanted` names, in its order, with its codes: a
// category that `wanted` does not know becomes its unknown code, a missing one
// stays -1. Needs every column to be there and of the kind wanted; only sparse
// blocks without column names may have fewer.
InputBlock MapColumns(const InputBlock& block, const InputSpec& wanted,
                      Index rows);

}  // namespace mtlkit
