#pragma once

#include <string>

#include "interop/keras_graph.h"
#include "interop/onnx_graph.h"
#include "kernels/kernels.h"

namespace mtlkit {

// activation(x), element by element; `shape` as in kernels.h.
std::string OnnxActivation(Activation activation, double shape,
                           const std::string& x, OnnxGraph* graph);
std::string TorchActivation(Activation activation, double shape,
                            const std::string& x);
// As a layer under the name of `layer` and `suffix`.
std::string KerasActivation(Activation activation, double shape,
                            const std::string& x, const KerasLayer& layer,
                            const std::string& suffix);

}  // namespace mtlkit
