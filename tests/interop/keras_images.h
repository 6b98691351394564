#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/options.h"
#include "interop/onnx_reader.h"

namespace mtlkit {

// Layers of Keras in double: from options, inputs and weights.
using KerasArrays = std::vector<OnnxArray>;
using KerasOperation = OnnxArray (*)(const Json&, const KerasArrays&,
                                     const KerasArrays&);

// Those of images; the others stand in keras_eval.cpp.
const std::map<std::string, KerasOperation>& KerasImageOperations();

}  // namespace mtlkit
