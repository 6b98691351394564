#pragma once

#include "golden/golden.h"
#include "nn/layer.h"

// Layers of grids as tests/golden/layers.json has them.
namespace mtlkit::contract {

// The layer of a case; null for one that is none of these.
LayerPtr GridLayerOf(const golden::json& item);
// The grid that its x is.
Space GridOf(const golden::json& item);

// A case with its arrays in our layout: of a transposed convolution the last
// two axes of the kernel are exchanged.
golden::json AsOurs(golden::json item);

// Pools over as many steps of each row as a length says.
bool IsOfSequences(const golden::json& item);
void CheckPoolOfSequences(const golden::json& item);

}  // namespace mtlkit::contract
