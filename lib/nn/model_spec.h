#pragma once

#include <string>

#include "nn/model.h"

namespace mtlkit {

// What a model is besides its numbers, as the JSON text of its file: inputs,
// tasks, the graph of the network, and the recipe that it was built from. No
// code, ever.
std::string ModelSpec(const Model& model);

// Sets schema, arch and network; kBadInput for a text that ModelSpec would not
// write, naming the first offender.
void ReadModelSpec(const std::string& text, Model* model);

}  // namespace mtlkit
