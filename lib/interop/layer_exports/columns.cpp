// Layers that treat each column by numbers of its own: linear maps, waves.
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/error.h"
#include "base/text.h"
#include "interop/chosen_export.h"

namespace mtlkit {
namespace {

Index ColumnCountOf(const ExportNode& node) {
  return node.input_cols[0] / node.Integer("each");
}

std::string ColumnDenseToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const ExportNode& node = layer.node;
  const Index columns = ColumnCountOf(node);
  const Index each = node.Integer("each");
  const Index units = node.Integer("units");
  const OnnxAttributes columns_first = {{"perm", std::vector<Index>{1, 0, 2}}};
  const auto numbers = [&](std::size_t param, Index rows) {
    const ExportArray& array = node.params[param];
    return graph.Numbers(array.name, {columns, rows, units},
                         array.values.flat());
  };
  const std::string x = graph.Reshape(layer.x[0], {-1, columns, each});
  const std::string product = graph.Node(
      "MatMul",
      {graph.Node("Transpose", {x}, columns_first), numbers(0, each)});
  const std::string y = graph.Node("Add", {product, numbers(1, 1)});
  return graph.Reshape(graph.Node("Transpose", {y}, columns_first),
                       {-1, columns * units});
}

constexpr std::string_view kColumnDenseTorch =
    R"(class ColumnDense(nn.Module):
    """A linear layer of each column's own."""

    def __init__(self, columns, each, units):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units, columns * each))
        self.bias = nn.Parameter(torch.empty(columns, units))

    def forward(self, x):
        columns, units = self.bias.shape
        x = x.reshape(x.shape[0], columns, -1)
        weight = self.weight.reshape(units, columns, -1)
        y = torch.einsum("rce,uce->rcu", x, weight) + self.bias
        return y.flatten(1)
)";

std::string ColumnDenseToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kColumnDenseTorch);
  const ExportNode& node = layer.node;
  const std::string module =
      layer.Make(Str("ColumnDense(", ColumnCountOf(node), ", ",
                     node.Integer("each"), ", ", node.Integer("units"), ")"));
  return Str(module, "(", layer.x[0], ")");
}

std::string ColumnDenseToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  const Index columns = ColumnCountOf(node);
  const Index each = node.Integer("each");
  const Index units = node.Integer("units");
  KerasArray kernel = KerasArrayOf(node.params[0], false);
  kernel.shape = {columns, each, units};
  const std::vector<Index> apart = {columns, each};
  const std::vector<Index> shape = {columns, units};
  const std::string x = layer.Add("Reshape", {layer.x[0]}, apart,
                                  {{"target_shape", apart}}, {}, ".columns");
  const std::string y =
      layer.Add("EinsumDense", {x}, shape,
                {{"equation", "abc,bcd->abd"},
                 {"output_shape", shape},
                 {"activation", "linear"},
                 {"bias_axes", "bd"}},
                {std::move(kernel), KerasArrayOf(node.params[1], false)});
  return layer.Add("Reshape", {y}, layer.shape(),
                   {{"target_shape", layer.shape()}}, {}, ".flat");
}

// Sines and cosines of turns less their whole number, as the layer has them:
// angles of many turns would be rounded.
std::string PeriodicToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const ExportNode& node = layer.node;
  const std::string x =
      graph.Reshape(ChosenToOnnx(layer), {-1, ChosenCountOf(node), 1});
  const std::string turns = graph.Node("Mul", {x, layer.Matrix(0)});
  const std::string part =
      graph.Node("Sub", {turns, graph.Node("Round", {turns})});
  const std::string angle =
      graph.Node("Mul", {part, graph.Number(2 * std::numbers::pi)});
  const std::string waves = graph.Node(
      "Concat", {graph.Node("Sin", {angle}), graph.Node("Cos", {angle})},
      {{"axis", Index{2}}});
  return graph.Reshape(waves, {-1, node.cols});
}

constexpr std::string_view kPeriodicTorch =
    R"(class Periodic(nn.Module):
    """Sines and cosines of learned frequencies (Gorishniy et al., 2022)."""

    def __init__(self, columns, count):
        super().__init__()
        self.frequencies = nn.Parameter(torch.empty(columns, count))

    def forward(self, x):
        turns = x.unsqueeze(2) * self.frequencies
        angle = (turns - turns.round().detach()) * (2 * torch.pi)
        return torch.cat([angle.sin(), angle.cos()], 2).flatten(1)
)";

std::string PeriodicToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kPeriodicTorch);
  const ExportNode& node = layer.node;
  const std::string module = layer.Make(
      Str("Periodic(", ChosenCountOf(node), ", ", node.Integer("count"), ")"));
  return Str(module, "(", ChosenToTorch(layer), ")");
}

}  // namespace

extern const LayerExport kColumnDenseExport;
const LayerExport kColumnDenseExport = {.name = "column-dense",
                                        .onnx = {ColumnDenseToOnnx},
                                        .torch = {ColumnDenseToTorch},
                                        .keras = {ColumnDenseToKeras}};

extern const LayerExport kPeriodicExport;
const LayerExport kPeriodicExport = {
    .name = "periodic",
    .onnx = {PeriodicToOnnx},
    .torch = {PeriodicToTorch},
    .keras = {.reason = "Keras has no layer that takes a sine"}};

}  // namespace mtlkit
