// How far numbers are through pieces of their range. Widths go along as one
// over them, 0 where a piece has none, which is what the layer multiplies with.
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "interop/chosen_export.h"

namespace mtlkit {
namespace {

// Of each piece of each column.
struct PieceNumbers {
  std::vector<Real> low;
  std::vector<Real> inverse;
};

PieceNumbers PieceNumbersOf(const ExportNode& node) {
  const ConstMatView edges = node.buffers[0].values;
  PieceNumbers numbers;
  for (Index col = 0; col < edges.rows; ++col) {
    for (Index k = 0; k + 1 < edges.cols; ++k) {
      const Real width = edges(col, k + 1) - edges(col, k);
      const bool has = width >= std::numeric_limits<Real>::min();
      numbers.low.push_back(edges(col, k));
      numbers.inverse.push_back(has ? 1 / width : Real(0));
    }
  }
  return numbers;
}

std::string PiecesToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const ExportNode& node = layer.node;
  const Index cols = ChosenCountOf(node);
  const Index count = node.Integer("count");
  const std::string& name = node.buffers[0].name;
  const PieceNumbers numbers = PieceNumbersOf(node);
  const std::string x = graph.Reshape(ChosenToOnnx(layer), {-1, cols, 1});
  const std::string low =
      graph.Numbers(name + ".low", {cols, count}, numbers.low);
  const std::string inverse =
      graph.Numbers(name + ".inverse", {cols, count}, numbers.inverse);
  const std::string part =
      graph.Node("Mul", {graph.Node("Sub", {x, low}), inverse});
  const std::string pieces = graph.Reshape(
      graph.Node("Clip", {part, graph.Number(0), graph.Number(1)}),
      {-1, cols * count});
  if (!node.Flag("beside")) return pieces;
  return graph.Node("Concat", {layer.x[0], pieces}, {{"axis", Index{1}}});
}

constexpr std::string_view kPiecesTorch =
    R"(class Pieces(nn.Module):
    """How far numbers are through pieces (Gorishniy et al., 2022)."""

    def __init__(self, columns, count):
        super().__init__()
        self.register_buffer("edges", torch.empty(columns, count + 1))

    def forward(self, x):
        width = self.edges.diff(dim=1)
        scale = torch.where(width >= torch.finfo(x.dtype).tiny, 1 / width,
                            torch.zeros_like(width))
        part = (x.unsqueeze(2) - self.edges[:, :-1]) * scale
        return part.clamp(0, 1).flatten(1)
)";

std::string PiecesToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kPiecesTorch);
  const ExportNode& node = layer.node;
  const std::string module = layer.Make(
      Str("Pieces(", ChosenCountOf(node), ", ", node.Integer("count"), ")"));
  const std::string pieces = Str(module, "(", ChosenToTorch(layer), ")");
  if (!node.Flag("beside")) return pieces;
  return Str("torch.cat([", layer.x[0], ", ", pieces, "], 1)");
}

// A number as often as its column has pieces, beside each other; the edges are
// options of layers, which nothing trains.
std::string PiecesToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  const Index cols = ChosenCountOf(node);
  const Index count = node.Integer("count");
  const std::vector<Index> wide = {cols * count};
  const PieceNumbers numbers = PieceNumbersOf(node);
  std::vector<double> offsets;
  for (const Real low : numbers.low) {
    offsets.push_back(-static_cast<double>(low));
  }
  const std::vector<double> scales(numbers.inverse.begin(),
                                   numbers.inverse.end());
  const auto rescaled = [&](const std::string& value, const Json& scale,
                            const Json& offset, const std::string& suffix) {
    return layer.Add("Rescaling", {value}, wide,
                     {{"scale", scale}, {"offset", offset}}, {}, suffix);
  };
  std::string x = layer.Add("RepeatVector", {ChosenToKeras(layer)},
                            {count, cols}, {{"n", count}}, {}, ".each");
  x = layer.Add("Permute", {x}, {cols, count}, {{"dims", {2, 1}}}, {},
                ".column");
  x = layer.Add("Reshape", {x}, wide, {{"target_shape", wide}}, {}, ".row");
  x = rescaled(x, 1.0, offsets, ".from");
  x = rescaled(x, scales, 0.0, ".part");
  const bool beside = node.Flag("beside");
  x = layer.Add(
      "ReLU", {x}, wide,
      {{"max_value", 1.0}, {"negative_slope", 0.0}, {"threshold", 0.0}}, {},
      beside ? ".clipped" : "");
  if (!beside) return x;
  return layer.Add("Concatenate", {layer.x[0], x}, layer.shape(),
                   {{"axis", -1}});
}

}  // namespace

extern const LayerExport kPiecesLayerExport;
const LayerExport kPiecesLayerExport = {.name = "pieces",
                                        .onnx = {PiecesToOnnx},
                                        .torch = {PiecesToTorch},
                                        .keras = {PiecesToKeras}};

}  // namespace mtlkit
