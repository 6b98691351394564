#pragma once

#include <string>
#include <vector>

#include "interop/layer_export.h"

namespace mtlkit {

// The columns that a layer acts upon (its option "columns"), of what it reads;
// how many there are.
std::vector<Index> ChosenColumnsOf(const ExportNode& node);
Index ChosenCountOf(const ExportNode& node);

// These columns as a value of their own: what is read, where they are all.
std::string ChosenToOnnx(const OnnxLayer& layer);
std::string ChosenToTorch(const TorchLayer& layer);
std::string ChosenToKeras(const KerasLayer& layer);

}  // namespace mtlkit
