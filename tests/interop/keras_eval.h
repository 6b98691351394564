#pragma once

#include <map>
#include <string>

#include "interop/keras_graph.h"
#include "interop/onnx_reader.h"

namespace mtlkit {

// The outputs of a functional model of Keras, by name, computed in double from
// its configuration as keras.io/api/layers says, with the weights of the graph.
// Inputs have the batch in front. Throws std::runtime_error for what it does
// not know.
std::map<std::string, OnnxArray> EvaluateKeras(
    const KerasGraph& graph, const std::map<std::string, OnnxArray>& inputs);

}  // namespace mtlkit
