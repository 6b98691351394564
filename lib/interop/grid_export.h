#pragma once

#include <string>
#include <vector>

#include "interop/layer_export.h"
#include "nn/window.h"

// Grids of pixels in other programs. Here a pixel is a row; ONNX and PyTorch
// have images x channels x height x width, Keras images x height x width x
// channels.
namespace mtlkit {

Sides GridOf(const ExportNode& node);  // that it reads
Window WindowOf(const ExportNode& node);

// What a layer reads as images, and images of `channels` as rows again.
std::string OnnxImages(const OnnxLayer& layer);
std::string OnnxRows(const OnnxLayer& layer, const std::string& images);
std::string TorchImages(const TorchLayer& layer);
std::string TorchRows(const TorchLayer& layer, const std::string& images);
std::string KerasImages(const KerasLayer& layer);
std::string KerasRows(const KerasLayer& layer, const std::string& images);

// Attributes of a window of ONNX.
OnnxAttributes OnnxWindow(const Window& window);
// ", stride=(2, 2)": arguments of PyTorch.
std::string TorchSides(const char* argument, const Sides& sides);
// [2, 2], as Keras has it.
Json KerasSides(const Sides& sides);
// Images with zeros around them.
std::string KerasPadded(const KerasLayer& layer, const std::string& images,
                        const Sides& padding);
// A layer between images, of a grid `made`.
std::string KerasOnImages(const KerasLayer& layer, const std::string& type,
                          const std::string& images, const Sides& made,
                          const Json& options,
                          std::vector<KerasArray> weights = {},
                          const std::string& suffix = "");

}  // namespace mtlkit
