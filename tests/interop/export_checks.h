#pragma once

#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// What an export to ONNX says of all rows, beside what the model says.
void CheckModel(const Model& model, const Dataset& data);

// Weights written for PyTorch come back, all of them, to the bit.
void CheckReturn(const Model& model);

}  // namespace mtlkit
