#include <nlohmann/json.hpp>

#include "base/error.h"
#include "interop/activation_export.h"
#include "interop/layer_export.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

Activation DenseActivation(const ExportNode& node) {
  return ParseActivation(node.Text("activation"));
}

// Sparse columns come as others.
std::string DenseToOnnx(const OnnxLayer& layer) {
  std::vector<std::string> inputs = {layer.x[0], layer.Matrix(0)};
  if (layer.node.Flag("bias")) inputs.push_back(layer.Vector(1));
  const Activation activation = DenseActivation(layer.node);
  return OnnxActivation(activation,
                        static_cast<double>(ActivationShape(activation)),
                        layer.Node("Gemm", inputs), &layer.graph);
}

std::string DenseToTorch(const TorchLayer& layer) {
  const ExportNode& node = layer.node;
  const std::string module =
      layer.Make(Str("nn.Linear(", node.input_cols[0], ", ", node.cols,
                     node.Flag("bias") ? "" : ", bias=False", ")"));
  const Activation activation = DenseActivation(node);
  return TorchActivation(activation,
                         static_cast<double>(ActivationShape(activation)),
                         Str(module, "(", layer.x[0], ")"));
}

std::string DenseToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  std::vector<KerasArray> weights = {KerasArrayOf(node.params[0], false)};
  const bool has_bias = node.Flag("bias");
  if (has_bias) weights.push_back(KerasArrayOf(node.params[1], true));
  const std::string product = layer.Add(
      "Dense", {layer.x[0]}, layer.shape(),
      {{"units", node.cols}, {"use_bias", has_bias}, {"activation", "linear"}},
      std::move(weights));
  const Activation activation = DenseActivation(node);
  return KerasActivation(activation,
                         static_cast<double>(ActivationShape(activation)),
                         product, layer, ".activation");
}

}  // namespace

extern const LayerExport kDenseExport;
const LayerExport kDenseExport = {.name = "dense",
                                  .onnx = {DenseToOnnx},
                                  .torch = {DenseToTorch},
                                  .keras = {DenseToKeras}};

}  // namespace mtlkit
