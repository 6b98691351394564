#pragma once

#include <span>

#include "data/dataset.h"
#include "nn/network.h"
#include "nn/params.h"

namespace mtlkit {

// Fits the buffers of layers that have such (LayerTraits::fits_buffers), as the
// edges of pieces, to rows of a dataset that has the inputs of the network's
// schema (fitted_rows.h says which of many). Equal layers on one block get
// equal numbers.
void FitBuffers(const Dataset& dataset, std::span<const Index> rows,
                const Schema& schema, const Network& network, Block* buffers);

}  // namespace mtlkit
