#pragma once

#include <map>
#include <string>

#include "interop/onnx_reader.h"

namespace mtlkit {

// The outputs of a graph, by name, computed in double as the documents of the
// operators say (onnx.ai/onnx/operators). Throws std::runtime_error for an
// operation that it does not know and for shapes that do not fit.
std::map<std::string, OnnxArray> EvaluateOnnx(
    const OnnxFile& file, const std::map<std::string, OnnxArray>& inputs);

}  // namespace mtlkit
