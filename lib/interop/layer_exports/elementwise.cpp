// Layers without parameters that see one element at a time.
#include <nlohmann/json.hpp>

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

// As it is where nothing is learned, since PyTorch has no such module.
std::string DropPathToTorch(const TorchLayer& layer) {
  return layer.x[0];
}

std::string DropPathToKeras(const KerasLayer& layer) {
  return layer.x[0];
}

std::string DropoutToTorch(const TorchLayer& layer) {
  const std::string module = layer.Make(
      Str("nn.Dropout(", FormatNumber(layer.node.Number("rate")), ")"));
  return Str(module, "(", layer.x[0], ")");
}

std::string ScaleToOnnx(const OnnxLayer& layer) {
  return layer.Node(
      "Mul", {layer.x[0], layer.graph.Number(layer.node.Number("factor"))});
}

std::string ScaleToTorch(const TorchLayer& layer) {
  return Str(FormatNumber(layer.node.Number("factor")), " * ", layer.x[0]);
}

std::string ScaleToKeras(const KerasLayer& layer) {
  return layer.Add("Rescaling", {layer.x[0]}, layer.shape(),
                   {{"scale", layer.node.Number("factor")}, {"offset", 0.0}});
}

std::string StopGradientToTorch(const TorchLayer& layer) {
  return layer.x[0] + ".detach()";
}

std::string ActivationToKeras(const KerasLayer& layer) {
  return KerasActivation(ActivationFunction(layer.node),
                         layer.node.Number("shape"), layer.x[0], layer, "");
}

std::string DropoutToKeras(const KerasLayer& layer) {
  const double rate = layer.node.Number("rate");
  return layer.graph.Add({.type = "Dropout",
                          .name = layer.node.name,
                          .inputs = {layer.x[0]},
                          .shape = layer.shape(),
                          .has_seed = rate > 0},
                         {{"rate", rate}});
}

}  // namespace

extern const LayerExport kActivationExport;
const LayerExport kActivationExport = {.name = "activation",
                                       .onnx = {ActivationToOnnx},
                                       .torch = {ActivationToTorch},
                                       .keras = {ActivationToKeras}};

extern const LayerExport kDropoutExport;
const LayerExport kDropoutExport = {.name = "dropout",
                                    .onnx = {DropoutToOnnx},
                                    .torch = {DropoutToTorch},
                                    .keras = {DropoutToKeras}};

extern const LayerExport kScaleExport;
const LayerExport kScaleExport = {.name = "scale",
                                  .onnx = {ScaleToOnnx},
                                  .torch = {ScaleToTorch},
                                  .keras = {ScaleToKeras}};

// What predicts alone knows no gradients; Keras has no layer that stops them.
extern const LayerExport kStopGradientExport;
const LayerExport kStopGradientExport = {.name = "stop-gradient",
                                         .onnx = {DropoutToOnnx},
                                         .torch = {StopGradientToTorch},
                                         .keras = {DropPathToKeras}};

extern const LayerExport kDropPathExport;
const LayerExport kDropPathExport = {.name = "drop-path",
                                     .onnx = {DropoutToOnnx},
                                     .torch = {DropPathToTorch},
                                     .keras = {DropPathToKeras}};

}  // namespace mtlkit
