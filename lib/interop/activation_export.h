#pragma once

#include <string>

#include "interop/onnx_graph.h"
#include "kernels/kernels.h"

namespace mtlkit {

// activation(x), element by element; `shape` as in kernels.h.
std::string OnnxActivation(Activation activation, double shape,
                           const std::string& x, OnnxGraph* graph);
std::string TorchActivation(Activation activation, double shape,
                            const std::string& x);

}  // namespace mtlkit
