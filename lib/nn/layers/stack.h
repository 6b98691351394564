#pragma once

#include "nn/layer.h"

namespace mtlkit {

// What several networks say of a row, as the members of one ensemble, in order.
// Reads values of equal widths, each with a row, or the rows of some members,
// for a row of the batch; makes rows of all members. No architecture has it:
// AsOneNetwork (nn/ensemble.h) makes it of trained ones.
LayerPtr MakeStack();

}  // namespace mtlkit
