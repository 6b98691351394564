#pragma once

#include "nn/layer.h"

namespace mtlkit {

// What several networks say of a row, as the members of one ensemble, in order.
// Reads values of equal widths, each with a row, or the rows of some members,
// for a row of the batch; makes rows of all members. The architecture
// `branches` has it, and AsOneNetwork (nn/ensemble.h) makes it of networks.
LayerPtr MakeStack();

}  // namespace mtlkit
