// The gates of DSelect-k, and numbers that no input says.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Smooth steps of all bits of all selectors.
std::string StepsToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const double gamma = layer.node.Number("gamma");
  const std::string t =
      layer.Node("Clip", {layer.Node("Div", {layer.x[0], graph.Number(gamma)}),
                          graph.Number(-0.5), graph.Number(0.5)});
  const std::string slope = layer.Node(
      "Sub", {graph.Number(1.5),
              layer.Node("Mul", {graph.Number(2), layer.Node("Mul", {t, t})})});
  return layer.Node("Add", {layer.Node("Mul", {t, slope}), graph.Number(0.5)});
}

// By how much each selector takes each expert: a code doubles with each bit.
std::string GatesToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const Index experts = std::ssize(layer.x) - 2;
  const Index bits = SelectionBits(experts);
  const std::string steps = StepsToOnnx(layer);
  const std::string shares =
      layer.Node("Softmax", {layer.x[1]}, {{"axis", Index{-1}}});
  std::vector<std::string> gates;
  for (Index j = 0; j < layer.node.input_cols[1]; ++j) {
    std::string code = graph.Columns(shares, j, 1);
    for (Index b = 0; b < bits; ++b) {
      const std::string step = graph.Columns(steps, j * bits + b, 1);
      const std::string set = layer.Node("Mul", {code, step});
      code = layer.Node("Concat", {layer.Node("Sub", {code, set}), set},
                        {{"axis", Index{1}}});
    }
    gates.push_back(graph.Columns(code, 0, experts));
  }
  return gates.size() == 1 ? gates[0] : layer.Node("Sum", gates);
}

// The gates of a row times its experts: 1 x E by E x width.
std::string SelectionToOnnx(const OnnxLayer& layer) {
  const std::string axis = layer.graph.Integers({1});
  std::vector<std::string> experts;
  for (std::size_t i = 2; i < layer.x.size(); ++i) {
    experts.push_back(layer.Node("Unsqueeze", {layer.x[i], axis}));
  }
  const std::string mixed = layer.Node(
      "MatMul", {layer.Node("Unsqueeze", {GatesToOnnx(layer), axis}),
                 layer.Node("Concat", experts, {{"axis", Index{1}}})});
  return layer.Node("Squeeze", {mixed, axis});
}

constexpr std::string_view kSelection =
    R"(def select_experts(z, a, experts, gamma):
    """Experts weighted by a few selectors (Hazimeh et al., 2021)."""
    t = (z / gamma).clamp(-0.5, 0.5)
    steps = (t * (1.5 - 2 * t * t) + 0.5).unflatten(1, (a.shape[1], -1))
    codes = torch.softmax(a, 1).unsqueeze(2)
    for bit in range(steps.shape[2]):
        taken = codes * steps[:, :, bit:bit + 1]
        codes = torch.cat([codes - taken, taken], 2)
    gates = codes[:, :, :len(experts)].sum(1, keepdim=True)
    return (gates @ torch.stack(experts, 1)).squeeze(1)
)";

std::string SelectionToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kSelection);
  const std::vector<std::string> experts(layer.x.begin() + 2, layer.x.end());
  return Str("select_experts(", layer.x[0], ", ", layer.x[1], ", [",
             Join(experts, ", "), "], ",
             FormatNumber(layer.node.Number("gamma")), ")");
}

std::string LearnedToOnnx(const OnnxLayer& layer) {
  const std::string rows = layer.Node(
      "Gather", {layer.Node("Shape", {layer.x[0]}), layer.graph.Integers({0})},
      {{"axis", Index{0}}});
  return layer.Node(
      "Expand",
      {layer.Vector(0), layer.Node("Concat", {rows, layer.graph.Integers({1})},
                                   {{"axis", Index{0}}})});
}

constexpr std::string_view kLearned =
    R"(class Learned(nn.Module):
    """The same learned numbers in every row."""

    def __init__(self, count):
        super().__init__()
        self.value = nn.Parameter(torch.empty(count))

    def forward(self, x):
        return self.value.expand(x.shape[0], -1)
)";

std::string LearnedToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kLearned);
  const std::string module = layer.Make(Str("Learned(", layer.node.cols, ")"));
  return Str(module, "(", layer.x[0], ")");
}

// Smooth steps by u = z / gamma + 1/2, between 0 and 1: u u (3 - 2 u).
std::string StepsToKeras(const KerasLayer& layer) {
  const std::vector<Index> shape = {layer.node.input_cols[0]};
  const auto rescaled = [&](const std::string& value, double scale,
                            double offset, const std::string& suffix) {
    return layer.Add("Rescaling", {value}, shape,
                     {{"scale", scale}, {"offset", offset}}, {}, suffix);
  };
  const std::string u = layer.Add(
      "ReLU",
      {rescaled(layer.x[0], 1 / layer.node.Number("gamma"), 0.5, ".scaled")},
      shape, {{"max_value", 1.0}, {"negative_slope", 0.0}, {"threshold", 0.0}},
      {}, ".clipped");
  const std::string square =
      layer.Add("Multiply", {u, u}, shape, Json::object(), {}, ".square");
  return layer.Add("Multiply", {square, rescaled(u, -2, 3, ".rest")}, shape,
                   Json::object(), {}, ".steps");
}

std::string GatesToKeras(const KerasLayer& layer) {
  const Index experts = std::ssize(layer.x) - 2;
  const Index selectors = layer.node.input_cols[1];
  const Index bits = SelectionBits(experts);
  const std::string steps = StepsToKeras(layer);
  const std::string shares =
      layer.Add("Activation", {layer.x[1]}, {selectors},
                {{"activation", "softmax"}}, {}, ".shares");
  std::vector<std::string> gates;
  for (Index j = 0; j < selectors; ++j) {
    const std::string name = Str(".", j);
    std::string code =
        layer.graph.Columns(shares, j, 1, Str(layer.node.name, name, ".share"));
    for (Index b = 0; b < bits; ++b) {
      const std::string bit = Str(name, ".", b);
      const std::vector<Index> shape = layer.graph.ShapeOf(code);
      const std::string step = layer.graph.Columns(
          steps, j * bits + b, 1, Str(layer.node.name, bit, ".step"));
      const std::string set = layer.Add("Multiply", {code, step}, shape,
                                        Json::object(), {}, bit + ".set");
      const std::string clear = layer.Add("Subtract", {code, set}, shape,
                                          Json::object(), {}, bit + ".clear");
      code = layer.Add("Concatenate", {clear, set}, {2 * shape[0]},
                       {{"axis", -1}}, {}, bit + ".code");
    }
    if (layer.graph.ShapeOf(code)[0] > experts) {
      code = layer.graph.Columns(code, 0, experts,
                                 Str(layer.node.name, name, ".codes"));
    }
    gates.push_back(code);
  }
  if (gates.size() == 1) return gates[0];
  return layer.Add("Add", gates, {experts}, Json::object(), {}, ".gates");
}

std::string SelectionToKeras(const KerasLayer& layer) {
  if (layer.node.input_spaces[0] != Space{}) {
    RefuseNode(layer.node, Str("Keras has no layer that mixes experts ",
                               OneByOne(layer.node.input_spaces[0])));
  }
  const std::string experts =
      KerasStack(layer, {layer.x.begin() + 2, layer.x.end()});
  return layer.Add("Dot", {GatesToKeras(layer), experts}, {layer.node.cols},
                   {{"axes", {1, 2}}});
}

// What a dense layer adds to zeros.
std::string LearnedToKeras(const KerasLayer& layer) {
  std::vector<Index> shape = layer.shape();
  shape.back() = layer.node.input_cols[0];
  const std::string zeros =
      layer.Add("Rescaling", {layer.x[0]}, shape,
                {{"scale", 0.0}, {"offset", 0.0}}, {}, ".zeros");
  KerasArray kernel;
  kernel.shape = {layer.node.input_cols[0], layer.node.cols};
  kernel.values.assign(At(kernel.shape[0] * kernel.shape[1]), 0.0F);
  return layer.Add(
      "Dense", {zeros}, layer.shape(),
      {{"units", layer.node.cols},
       {"use_bias", true},
       {"activation", "linear"}},
      {std::move(kernel), KerasArrayOf(layer.node.params[0], true)});
}

}  // namespace

extern const LayerExport kSelectionExport;
const LayerExport kSelectionExport = {.name = "selection",
                                      .onnx = {SelectionToOnnx},
                                      .torch = {SelectionToTorch},
                                      .keras = {SelectionToKeras}};

extern const LayerExport kLearnedExport;
const LayerExport kLearnedExport = {.name = "learned",
                                    .onnx = {LearnedToOnnx},
                                    .torch = {LearnedToTorch},
                                    .keras = {LearnedToKeras}};

}  // namespace mtlkit
