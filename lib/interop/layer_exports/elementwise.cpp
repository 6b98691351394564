// Layers without parameters that see one element at a time.
#include "base/error.h"
#include "base/text.h"
#include "interop/activation_export.h"
#include "interop/layer_export.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

Activation ActivationFunction(const ExportNode& node) {
  return ParseActivation(node.Text("function"));
}

std::string ActivationToOnnx(const OnnxLayer& layer) {
  return OnnxActivation(ActivationFunction(layer.node),
                        layer.node.Number("shape"), layer.x[0], &layer.graph);
}

std::string ActivationToTorch(const TorchLayer& layer) {
  return TorchActivation(ActivationFunction(layer.node),
                         layer.node.Number("shape"), layer.x[0]);
}

// Nothing is dropped where nothing is learned.
std::string DropoutToOnnx(const OnnxLayer& layer) {
  return layer.x[0];
}

std::string DropoutToTorch(const TorchLayer& layer) {
  const std::string module = layer.Make(
      Str("nn.Dropout(", FormatNumber(layer.node.Number("rate")), ")"));
  return Str(module, "(", layer.x[0], ")");
}

}  // namespace

extern const LayerExport kActivationExport;
const LayerExport kActivationExport = {.name = "activation",
                                       .onnx = {ActivationToOnnx},
                                       .torch = {ActivationToTorch}};

extern const LayerExport kDropoutExport;
const LayerExport kDropoutExport = {
    .name = "dropout", .onnx = {DropoutToOnnx}, .torch = {DropoutToTorch}};

}  // namespace mtlkit
