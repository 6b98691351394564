#pragma once

#include "interop/keras_graph.h"
#include "nn/model.h"

namespace mtlkit {

// Adds a model from prepared blocks to its links; returns what the metadata
// says of it. kUsage for what Keras cannot hold.
Json AddKerasNetwork(const Model& model, KerasGraph* graph);

// What the weights of a model are called in its export; of one that Keras
// cannot hold, those of its layers that it can. They follow from the names in
// the model alone, so that whoever reads the weights again knows them.
KerasArrayNames KerasNamesOf(const Model& model);

}  // namespace mtlkit
