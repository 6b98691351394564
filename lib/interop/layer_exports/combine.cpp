// Layers that bring several values together, or take one apart.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

std::string ConcatToOnnx(const OnnxLayer& layer) {
  return layer.Node("Concat", layer.x, {{"axis", Index{1}}});
}

std::string ConcatToTorch(const TorchLayer& layer) {
  return Str("torch.cat([", Join(layer.x, ", "), "], 1)");
}

std::string ColumnsToOnnx(const OnnxLayer& layer) {
  return layer.graph.Columns(layer.x[0], layer.node.Integer("first"),
                             layer.node.cols);
}

std::string ColumnsToTorch(const TorchLayer& layer) {
  const Index first = layer.node.Integer("first");
  return Str(layer.x[0], "[:, ", first, ":", first + layer.node.cols, "]");
}

std::string SumToOnnx(const OnnxLayer& layer) {
  return layer.Node("Sum", layer.x);
}

std::string SumToTorch(const TorchLayer& layer) {
  return Join(layer.x, " + ");
}

std::string ProductToOnnx(const OnnxLayer& layer) {
  return layer.Node("Mul", layer.x);
}

std::string ProductToTorch(const TorchLayer& layer) {
  return Join(layer.x, " * ");
}

std::string CrossStitchToOnnx(const OnnxLayer& layer) {
  const std::string alpha = layer.Vector(0);
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < layer.x.size(); ++i) {
    const std::string factor = layer.Node(
        "Gather", {alpha, layer.graph.Integer(static_cast<Index>(i))},
        {{"axis", Index{0}}});
    terms.push_back(layer.Node("Mul", {layer.x[i], factor}));
  }
  return layer.Node("Sum", terms);
}

constexpr std::string_view kCrossStitch =
    R"(class CrossStitch(nn.Module):
    """A learned linear mix of several values (Misra et al., 2016)."""

    def __init__(self, count):
        super().__init__()
        self.alpha = nn.Parameter(torch.empty(count))

    def forward(self, *values):
        return sum(a * x for a, x in zip(self.alpha, values))
)";

std::string CrossStitchToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kCrossStitch);
  const std::string module =
      layer.Make(Str("CrossStitch(", layer.x.size(), ")"));
  return Str(module, "(", Join(layer.x, ", "), ")");
}

// The gates of a row times its experts: 1 x E by E x width.
std::string MixtureToOnnx(const OnnxLayer& layer) {
  const std::string axis = layer.graph.Integers({1});
  std::vector<std::string> experts;
  for (std::size_t i = 1; i < layer.x.size(); ++i) {
    experts.push_back(layer.Node("Unsqueeze", {layer.x[i], axis}));
  }
  const std::string gates =
      layer.Node("Softmax", {layer.x[0]}, {{"axis", Index{-1}}});
  const std::string mixed = layer.Node(
      "MatMul", {layer.Node("Unsqueeze", {gates, axis}),
                 layer.Node("Concat", experts, {{"axis", Index{1}}})});
  return layer.Node("Squeeze", {mixed, axis});
}

std::string MixtureToTorch(const TorchLayer& layer) {
  const std::vector<std::string> experts(layer.x.begin() + 1, layer.x.end());
  return Str("(torch.softmax(", layer.x[0], ", 1).unsqueeze(1) @ torch.stack([",
             Join(experts, ", "), "], 1)).squeeze(1)");
}

std::string ConcatToKeras(const KerasLayer& layer) {
  if (layer.x.size() == 1) return layer.x[0];
  return layer.Add("Concatenate", layer.x, layer.shape(), {{"axis", -1}});
}

std::string ColumnsToKeras(const KerasLayer& layer) {
  return layer.graph.Columns(layer.x[0], layer.node.Integer("first"),
                             layer.node.cols, layer.node.name);
}

std::string SumToKeras(const KerasLayer& layer) {
  if (layer.x.size() == 1) return layer.x[0];
  return layer.Add("Add", layer.x, layer.shape(), Json::object());
}

std::string ProductToKeras(const KerasLayer& layer) {
  return layer.Add("Multiply", layer.x, layer.shape(), Json::object());
}

std::string CrossStitchToKeras(const KerasLayer& layer) {
  const std::string stack = KerasStack(layer, layer.x);
  std::vector<Index> shape = layer.graph.ShapeOf(stack);
  KerasArray alpha = KerasArrayOf(layer.node.params[0], true);
  alpha.shape.push_back(1);
  shape.back() = 1;
  const std::string sum =
      layer.Add("Dense", {stack}, shape,
                {{"units", 1}, {"use_bias", false}, {"activation", "linear"}},
                {std::move(alpha)});
  shape.pop_back();
  return layer.Add("Reshape", {sum}, shape, {{"target_shape", shape}}, {},
                   ".flat");
}

std::string MixtureToKeras(const KerasLayer& layer) {
  if (layer.node.input_spaces[0] != Space{}) {
    RefuseNode(layer.node, Str("Keras has no layer that mixes experts ",
                               OneByOne(layer.node.input_spaces[0])));
  }
  const std::string gates =
      layer.Add("Activation", {layer.x[0]}, layer.graph.ShapeOf(layer.x[0]),
                {{"activation", "softmax"}}, {}, ".gates");
  const std::string experts =
      KerasStack(layer, {layer.x.begin() + 1, layer.x.end()});
  return layer.Add("Dot", {gates, experts}, {layer.node.cols},
                   {{"axes", {1, 2}}});
}

}  // namespace

extern const LayerExport kConcatExport;
const LayerExport kConcatExport = {.name = "concat",
                                   .onnx = {ConcatToOnnx},
                                   .torch = {ConcatToTorch},
                                   .keras = {ConcatToKeras}};

extern const LayerExport kColumnsExport;
const LayerExport kColumnsExport = {.name = "columns",
                                    .onnx = {ColumnsToOnnx},
                                    .torch = {ColumnsToTorch},
                                    .keras = {ColumnsToKeras}};

extern const LayerExport kSumExport;
const LayerExport kSumExport = {.name = "sum",
                                .onnx = {SumToOnnx},
                                .torch = {SumToTorch},
                                .keras = {SumToKeras}};

extern const LayerExport kProductExport;
const LayerExport kProductExport = {.name = "product",
                                    .onnx = {ProductToOnnx},
                                    .torch = {ProductToTorch},
                                    .keras = {ProductToKeras}};

extern const LayerExport kCrossStitchExport;
const LayerExport kCrossStitchExport = {.name = "cross-stitch",
                                        .onnx = {CrossStitchToOnnx},
                                        .torch = {CrossStitchToTorch},
                                        .keras = {CrossStitchToKeras}};

extern const LayerExport kMixtureExport;
const LayerExport kMixtureExport = {.name = "mixture",
                                    .onnx = {MixtureToOnnx},
                                    .torch = {MixtureToTorch},
                                    .keras = {MixtureToKeras}};

}  // namespace mtlkit
