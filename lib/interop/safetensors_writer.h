#pragma once

#include <string>
#include <vector>

#include "interop/torch_module.h"

namespace mtlkit {

// Writes tensors as safetensors, as PyTorch reads them: single precision
// (double in builds for it), and int64 for counts. Whole or not at all.
void WriteSafetensors(const std::vector<TorchTensor>& tensors,
                      const std::string& path);

}  // namespace mtlkit
