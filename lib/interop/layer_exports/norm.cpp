#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

float NormEpsilon(const ExportNode& node) {
  return static_cast<float>(node.Number("epsilon"));
}

// By the running statistics. Values are matrices here, whatever their space.
std::string BatchNormToOnnx(const OnnxLayer& layer) {
  return layer.Node("BatchNormalization",
                    {layer.x[0], layer.Vector(0), layer.Vector(1),
                     layer.Buffer(0), layer.Buffer(1)},
                    {{"epsilon", NormEpsilon(layer.node)}});
}

std::string BatchNormToTorch(const TorchLayer& layer) {
  const ExportNode& node = layer.node;
  if (!node.Flag("unbiased")) {
    RefuseNode(node,
               "its running variance is divided by the rows, and PyTorch's by "
               "one less");
  }
  const std::string options =
      Str(node.cols, ", eps=", FormatNumber(node.Number("epsilon")),
          ", momentum=", FormatNumber(node.Number("momentum")));
  const auto count_from_0 = [&](const std::string& attribute) {
    layer.module.AddTensor({.name = attribute + ".num_batches_tracked",
                            .shape = {},
                            .values = {0},
                            .is_count = true});
  };
  if (layer.is_new) {
    const std::string module = layer.Make(Str("nn.BatchNorm1d(", options, ")"));
    count_from_0(layer.attribute);
    return Str(module, "(", layer.x[0], ")");
  }
  // Scale and shift are another layer's, statistics its own.
  const std::string module =
      layer.MakeOfBuffers(Str("nn.BatchNorm1d(", options, ", affine=False)"));
  count_from_0(layer.own);
  return Str(module, "(", layer.x[0], ") * self.", layer.attribute,
             ".weight + self.", layer.attribute, ".bias");
}

std::string LayerNormToOnnx(const OnnxLayer& layer) {
  return layer.Node(
      "LayerNormalization", {layer.x[0], layer.Vector(0), layer.Vector(1)},
      {{"axis", Index{-1}}, {"epsilon", NormEpsilon(layer.node)}});
}

std::string LayerNormToTorch(const TorchLayer& layer) {
  const std::string module = layer.Make(
      Str("nn.LayerNorm(", layer.node.cols,
          ", eps=", FormatNumber(layer.node.Number("epsilon")), ")"));
  return Str(module, "(", layer.x[0], ")");
}

// Of operations that every version of ONNX has: RMSNormalization is of 2025.
std::string RmsNormToOnnx(const OnnxLayer& layer) {
  const std::string& x = layer.x[0];
  const std::string squares = layer.Node("Mul", {x, x});
  const std::string mean =
      layer.Node("ReduceMean", {squares},
                 {{"axes", std::vector<Index>{1}}, {"keepdims", Index{1}}});
  const std::string spread = layer.Node(
      "Sqrt",
      {layer.Node("Add", {mean, layer.graph.Number(NormEpsilon(layer.node))})});
  return layer.Node("Mul", {layer.Node("Div", {x, spread}), layer.Vector(0)});
}

// nn.RMSNorm is of PyTorch 2.4.
constexpr std::string_view kTorchRmsNorm = R"(class RMSNorm(nn.Module):
    """Divides each row by the root of its mean square."""

    def __init__(self, columns, eps):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(columns))

    def forward(self, x):
        square = x.square().mean(-1, keepdim=True)
        return x * torch.rsqrt(square + self.eps) * self.weight
)";

std::string RmsNormToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kTorchRmsNorm);
  const std::string module = layer.Make(
      Str("RMSNorm(", layer.node.cols,
          ", eps=", FormatNumber(layer.node.Number("epsilon")), ")"));
  return Str(module, "(", layer.x[0], ")");
}

// Parameters, then running statistics, as vectors.
std::vector<KerasArray> NormArrays(const ExportNode& node) {
  std::vector<KerasArray> arrays;
  for (const auto* group : {&node.params, &node.buffers}) {
    for (const ExportArray& array : *group) {
      arrays.push_back(KerasArrayOf(array, true));
    }
  }
  return arrays;
}

// Trained on, the running variance is that of a batch, not the unbiased one.
std::string BatchNormToKeras(const KerasLayer& layer) {
  return layer.Add("BatchNormalization", {layer.x[0]}, layer.shape(),
                   {{"axis", -1},
                    {"epsilon", layer.node.Number("epsilon")},
                    {"momentum", 1 - layer.node.Number("momentum")}},
                   NormArrays(layer.node));
}

std::string LayerNormToKeras(const KerasLayer& layer) {
  return layer.Add("LayerNormalization", {layer.x[0]}, layer.shape(),
                   {{"axis", -1}, {"epsilon", layer.node.Number("epsilon")}},
                   NormArrays(layer.node));
}

// A layer of Keras 3.9 and later.
std::string RmsNormToKeras(const KerasLayer& layer) {
  return layer.Add("RMSNormalization", {layer.x[0]}, layer.shape(),
                   {{"axis", -1}, {"epsilon", layer.node.Number("epsilon")}},
                   NormArrays(layer.node));
}

}  // namespace

extern const LayerExport kBatchNormExport;
const LayerExport kBatchNormExport = {.name = "batch-norm",
                                      .onnx = {BatchNormToOnnx},
                                      .torch = {BatchNormToTorch},
                                      .keras = {BatchNormToKeras}};

extern const LayerExport kLayerNormExport;
const LayerExport kLayerNormExport = {.name = "layer-norm",
                                      .onnx = {LayerNormToOnnx},
                                      .torch = {LayerNormToTorch},
                                      .keras = {LayerNormToKeras}};

extern const LayerExport kRmsNormExport;
const LayerExport kRmsNormExport = {.name = "rms-norm",
                                    .onnx = {RmsNormToOnnx},
                                    .torch = {RmsNormToTorch},
                                    .keras = {RmsNormToKeras}};

}  // namespace mtlkit
