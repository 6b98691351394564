#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "interop/onnx_reader.h"

// Operators of ONNX in double, for onnx_eval.h.
namespace mtlkit {

using OnnxInputs = std::vector<const OnnxArray*>;
using OnnxOperation =
    std::function<OnnxArray(const OnnxNodeRead&, const OnnxInputs&)>;
using OnnxOperations = std::map<std::string, OnnxOperation>;

// Of shapes and places; of numbers; of images.
const OnnxOperations& OnnxShapeOperations();
const OnnxOperations& OnnxNumberOperations();
const OnnxOperations& OnnxImageOperations();

// Throws std::runtime_error.
void Demand(bool holds, const char* what);
// An axis counted from the end, from the beginning.
Index AxisOf(Index axis, const OnnxArray& x);

// Numbers before, along and behind an axis.
struct OnnxStrides {
  Index outer = 1;
  Index length = 1;
  Index inner = 1;
};
OnnxStrides Around(const OnnxArray& x, Index axis);

OnnxArray MapNumbers(const OnnxArray& x,
                     const std::function<double(double)>& f);
// As NumPy broadcasts.
OnnxArray Broadcast(const OnnxArray& a, const OnnxArray& b,
                    const std::function<double(double, double)>& f);

}  // namespace mtlkit
