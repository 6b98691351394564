// Layers that go from one space of rows to another.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

std::string FlattenToOnnx(const OnnxLayer& layer) {
  return layer.graph.Reshape(layer.x[0], {-1, layer.node.cols});
}

std::string FlattenToTorch(const TorchLayer& layer) {
  return Str(layer.x[0], ".reshape(-1, ", layer.node.cols, ")");
}

std::string SpreadToOnnx(const OnnxLayer& layer) {
  const Index members = layer.node.Integer("members");
  const std::string wide =
      layer.Node("Tile", {layer.x[0], layer.graph.Integers({1, members})});
  return layer.graph.Reshape(wide, {-1, layer.node.cols});
}

std::string SpreadToTorch(const TorchLayer& layer) {
  return Str(layer.x[0], ".repeat_interleave(", layer.node.Integer("members"),
             ", 0)");
}

// Where texts end and begin, one a row of the batch.
struct TokenEnds {
  std::string ends;
  std::string begins;
};

TokenEnds TokenEndsOf(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  constexpr Index kLast = Index{1} << 62;
  const std::string axis = graph.Integers({0});
  return {graph.Node("Slice", {layer.starts, graph.Integers({1}),
                               graph.Integers({kLast}), axis}),
          graph.Node("Slice", {layer.starts, graph.Integers({0}),
                               graph.Integers({-1}), axis})};
}

// The tokens behind a row of zeros, which is what a text without any has.
std::string TokensBehindZeros(const OnnxLayer& layer) {
  const std::vector<Real> zeros(At(layer.node.cols));
  OnnxGraph& graph = layer.graph;
  return graph.Node(
      "Concat",
      {graph.Numbers(layer.node.name + ".none", {1, layer.node.cols}, zeros),
       layer.x[0]},
      {{"axis", Index{0}}});
}

// The sums over the tokens of each row are differences of running sums, which
// are kept in double: there is no operation for it in opset 17.
std::string PoolTokensToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const std::vector<double> zeros(At(layer.node.cols));
  const std::string zero = graph.Doubles({1, layer.node.cols}, zeros);
  const std::string running = graph.Node(
      "CumSum", {graph.Cast(layer.x[0], OnnxType::kDouble), graph.Integer(0)});
  const std::string sums =
      graph.Node("Concat", {zero, running}, {{"axis", Index{0}}});
  const auto sums_before = [&](const std::string& places) {
    return graph.Node("Gather", {sums, places}, {{"axis", Index{0}}});
  };
  const auto [ends, begins] = TokenEndsOf(layer);
  const std::string totals =
      graph.Node("Sub", {sums_before(ends), sums_before(begins)});
  // No row has less than one, lest nothing be divided by nothing.
  const std::string counts =
      graph.Node("Max", {graph.Node("Sub", {ends, begins}), graph.Integer(1)});
  const std::string divisor =
      graph.Node("Unsqueeze",
                 {graph.Cast(counts, OnnxType::kDouble), graph.Integers({1})});
  return graph.Cast(graph.Node("Div", {totals, divisor}), OnnxType::kFloat);
}

std::string PoolToOnnx(const OnnxLayer& layer) {
  const Space& space = layer.node.input_spaces[0];
  if (space.is_ragged()) return PoolTokensToOnnx(layer);
  const std::string rows =
      layer.graph.Reshape(layer.x[0], {-1, space.per_row(), layer.node.cols});
  return layer.Node("ReduceMean", {rows},
                    {{"axes", std::vector<Index>{1}}, {"keepdims", Index{0}}});
}

// Opset 17 has no largest of rows of different lengths: each text is read to
// the length of the longest, its last token over and over behind its end.
std::string MaxPoolTokensToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const auto [ends, begins] = TokenEndsOf(layer);
  const std::string counts = graph.Node("Sub", {ends, begins});
  const std::string longest = graph.Node(
      "Max",
      {graph.Node("ReduceMax", {counts},
                  {{"axes", std::vector<Index>{0}}, {"keepdims", Index{0}}}),
       graph.Integer(1)});
  const std::string places =
      graph.Node("Range", {graph.Integer(1),
                           graph.Node("Add", {longest, graph.Integer(1)}),
                           graph.Integer(1)});
  const auto column = [&](const std::string& x) {
    return graph.Node("Unsqueeze", {x, graph.Integers({1})});
  };
  const std::string held = graph.Node(
      "Min",
      {graph.Node("Unsqueeze", {places, graph.Integers({0})}), column(counts)});
  // A text without any reads the row of zeros alone.
  const std::string has_any = graph.Node("Min", {counts, graph.Integer(1)});
  const std::string at = graph.Node(
      "Mul", {graph.Node("Add", {held, column(begins)}), column(has_any)});
  const std::string rows = graph.Node("Gather", {TokensBehindZeros(layer), at},
                                      {{"axis", Index{0}}});
  return graph.Node("ReduceMax", {rows},
                    {{"axes", std::vector<Index>{1}}, {"keepdims", Index{0}}});
}

std::string MaxPoolToOnnx(const OnnxLayer& layer) {
  const Space& space = layer.node.input_spaces[0];
  if (space.is_ragged()) return MaxPoolTokensToOnnx(layer);
  const std::string rows =
      layer.graph.Reshape(layer.x[0], {-1, space.per_row(), layer.node.cols});
  return layer.Node("ReduceMax", {rows},
                    {{"axes", std::vector<Index>{1}}, {"keepdims", Index{0}}});
}

std::string LastPoolToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const Space& space = layer.node.input_spaces[0];
  if (!space.is_ragged()) {
    const std::string rows =
        graph.Reshape(layer.x[0], {-1, space.per_row(), layer.node.cols});
    return graph.Node("Gather", {rows, graph.Integer(space.per_row() - 1)},
                      {{"axis", Index{1}}});
  }
  const auto [ends, begins] = TokenEndsOf(layer);
  const std::string has_any =
      graph.Node("Min", {graph.Node("Sub", {ends, begins}), graph.Integer(1)});
  return graph.Node(
      "Gather", {TokensBehindZeros(layer), graph.Node("Mul", {ends, has_any})},
      {{"axis", Index{0}}});
}

constexpr std::string_view kLastOfRows =
    R"(def last_of_rows(x, starts):
    """The last of the tokens of each row; 0 where there are none."""
    rows = torch.cat([x.new_zeros(1, x.shape[1]), x])
    return rows[starts[1:] * (starts[1:] > starts[:-1])]
)";

std::string LastPoolToTorch(const TorchLayer& layer) {
  const Space& space = layer.node.input_spaces[0];
  if (space.is_ragged()) {
    layer.module.AddHelper(kLastOfRows);
    return Str("last_of_rows(", layer.x[0], ", ", layer.starts, ")");
  }
  return Str(layer.x[0], ".reshape(-1, ", space.per_row(), ", ",
             layer.node.cols, ")[:, -1]");
}

constexpr std::string_view kMeanOfRows =
    R"(def mean_of_rows(x, starts):
    """The mean over the tokens of each row; 0 where there are none."""
    counts = starts[1:] - starts[:-1]
    rows = torch.arange(len(counts), device=x.device)
    sums = x.new_zeros(len(counts), x.shape[1])
    sums = sums.index_add(0, rows.repeat_interleave(counts), x)
    return sums / counts.clamp(min=1).unsqueeze(1)
)";

std::string PoolToTorch(const TorchLayer& layer) {
  const Space& space = layer.node.input_spaces[0];
  if (space.is_ragged()) {
    layer.module.AddHelper(kMeanOfRows);
    return Str("mean_of_rows(", layer.x[0], ", ", layer.starts, ")");
  }
  return Str(layer.x[0], ".reshape(-1, ", space.per_row(), ", ",
             layer.node.cols, ").mean(1)");
}

constexpr std::string_view kMaxOfRows =
    R"(def max_of_rows(x, starts):
    """The largest of the tokens of each row; 0 where there are none."""
    counts = starts[1:] - starts[:-1]
    rows = torch.arange(len(counts), device=x.device)
    most = x.new_zeros(len(counts), x.shape[1])
    places = rows.repeat_interleave(counts).unsqueeze(1).expand_as(x)
    return most.scatter_reduce(0, places, x, "amax", include_self=False)
)";

std::string MaxPoolToTorch(const TorchLayer& layer) {
  const Space& space = layer.node.input_spaces[0];
  if (space.is_ragged()) {
    layer.module.AddHelper(kMaxOfRows);
    return Str("max_of_rows(", layer.x[0], ", ", layer.starts, ")");
  }
  return Str(layer.x[0], ".reshape(-1, ", space.per_row(), ", ",
             layer.node.cols, ").amax(1)");
}

std::string FlattenToKeras(const KerasLayer& layer) {
  return layer.Add("Reshape", {layer.x[0]}, {layer.node.cols},
                   {{"target_shape", {layer.node.cols}}});
}

std::string SpreadToKeras(const KerasLayer& layer) {
  const Index members = layer.node.Integer("members");
  return layer.Add("RepeatVector", {layer.x[0]}, {members, layer.node.cols},
                   {{"n", members}});
}

std::string PooledKeras(const KerasLayer& layer, const char* type) {
  if (layer.node.input_spaces[0].is_ragged()) {
    RefuseNode(layer.node,
               "Keras has no layer for the mean, or the largest, over rows of "
               "different lengths, some of them empty");
  }
  return layer.Add(type, {layer.x[0]}, {layer.node.cols}, Json::object());
}

std::string PoolToKeras(const KerasLayer& layer) {
  return PooledKeras(layer, "GlobalAveragePooling1D");
}
std::string MaxPoolToKeras(const KerasLayer& layer) {
  return PooledKeras(layer, "GlobalMaxPooling1D");
}

}  // namespace

extern const LayerExport kFlattenExport;
const LayerExport kFlattenExport = {.name = "flatten",
                                    .onnx = {FlattenToOnnx},
                                    .torch = {FlattenToTorch},
                                    .keras = {FlattenToKeras}};

extern const LayerExport kSpreadExport;
const LayerExport kSpreadExport = {.name = "spread",
                                   .onnx = {SpreadToOnnx},
                                   .torch = {SpreadToTorch},
                                   .keras = {SpreadToKeras}};

extern const LayerExport kPoolExport;
const LayerExport kPoolExport = {.name = "pool",
                                 .onnx = {PoolToOnnx},
                                 .torch = {PoolToTorch},
                                 .keras = {PoolToKeras}};

extern const LayerExport kLastPoolExport;
const LayerExport kLastPoolExport = {
    .name = "last-pool",
    .onnx = {LastPoolToOnnx},
    .torch = {LastPoolToTorch},
    .keras = {.reason = "Keras has no layer for the last of several rows"}};

extern const LayerExport kMaxPoolExport;
const LayerExport kMaxPoolExport = {.name = "max-pool",
                                    .onnx = {MaxPoolToOnnx},
                                    .torch = {MaxPoolToTorch},
                                    .keras = {MaxPoolToKeras}};

}  // namespace mtlkit
