// Layers of sequences: rows of one text are known by where texts begin.
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/error.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

constexpr std::string_view kNoKeras =
    "Keras has no layer for sequences of different lengths without padding";
constexpr std::string_view kNoRecurrentOnnx =
    "the recurrent operations of ONNX (opset 17) read sequences that are "
    "padded to one length";

// What places are worked out from: the number of each row, from `first` on, as
// a column.
std::string RowNumbers(const OnnxLayer& layer, Index first) {
  OnnxGraph& graph = layer.graph;
  const std::string count = graph.Node(
      "Gather", {graph.Node("Shape", {layer.x[0]}), graph.Integer(0)});
  const std::string end = graph.Node("Add", {count, graph.Integer(first)});
  const std::string range =
      graph.Node("Range", {graph.Integer(first), end, graph.Integer(1)});
  return graph.Node("Unsqueeze", {range, graph.Integers({1})});
}

// The number of the text that each row belongs to: how many end before it.
std::string TextNumbers(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  constexpr Index kLast = Index{1} << 62;
  const std::string ends =
      graph.Node("Slice", {layer.starts, graph.Integers({1}),
                           graph.Integers({kLast}), graph.Integers({0})});
  const std::string is_over =
      graph.Node("Less", {graph.Node("Unsqueeze", {ends, graph.Integers({0})}),
                          RowNumbers(layer, 1)});
  return graph.Node(
      "ReduceSum", {graph.Cast(is_over, OnnxType::kInt64), graph.Integers({1})},
      {{"keepdims", Index{0}}});
}

void RequireTexts(const ExportNode& node) {
  if (node.input_spaces[0].is_ragged()) return;
  RefuseNode(node, "it goes along as a layer of texts only");
}

std::string PositionsToOnnx(const OnnxLayer& layer) {
  RequireTexts(layer.node);
  OnnxGraph& graph = layer.graph;
  const Index cols = layer.node.cols;
  std::vector<double> rates;
  std::vector<double> phases;
  for (Index col = 0; col < cols; ++col) {
    rates.push_back(std::pow(
        1e4, -static_cast<double>(col / 2 * 2) / static_cast<double>(cols)));
    phases.push_back(col % 2 == 0 ? 0 : std::numbers::pi / 2);
  }
  const std::string begins = graph.Node(
      "Unsqueeze", {graph.Node("Gather", {layer.starts, TextNumbers(layer)},
                               {{"axis", Index{0}}}),
                    graph.Integers({1})});
  const std::string places = graph.Cast(
      graph.Node("Sub", {RowNumbers(layer, 0), begins}), OnnxType::kDouble);
  const std::string angles = graph.Node(
      "Add", {graph.Node("Mul", {places, graph.Doubles({1, cols}, rates)}),
              graph.Doubles({1, cols}, phases)});
  const std::string waves =
      graph.Cast(graph.Node("Sin", {angles}), OnnxType::kFloat);
  const std::string x = graph.Node(
      "Mul", {layer.x[0], graph.Number(layer.node.Number("factor"))});
  return graph.Node("Add", {x, waves});
}

// Of all rows at once: those of other texts, and with `causal` those behind,
// get a score that nothing comes of.
std::string SequenceMask(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const auto as = [&](const std::string& column, Index axis) {
    return graph.Node("Unsqueeze", {column, graph.Integers({axis})});
  };
  const std::string texts = TextNumbers(layer);
  std::string seen = graph.Cast(
      graph.Node("Equal", {as(texts, 1), as(texts, 0)}), OnnxType::kFloat);
  if (layer.node.Flag("causal")) {
    const std::string keys = graph.Node("Transpose", {RowNumbers(layer, 0)},
                                        {{"perm", std::vector<Index>{1, 0}}});
    seen = graph.Node(
        "Mul",
        {seen, graph.Cast(graph.Node("Less", {keys, RowNumbers(layer, 1)}),
                          OnnxType::kFloat)});
  }
  return graph.Node(
      "Mul", {graph.Node("Sub", {seen, graph.Number(1)}), graph.Number(1e30)});
}

std::string AttentionToOnnx(const OnnxLayer& layer) {
  RequireTexts(layer.node);
  if (layer.x.size() > 1) {
    RefuseNode(layer.node, "it reads two sequences, of which one is known");
  }
  OnnxGraph& graph = layer.graph;
  const Index cols = layer.node.cols;
  const Index heads = layer.node.Integer("heads");
  const auto part = [&](Index number, const std::vector<Index>& order) {
    const std::string columns = graph.Columns(layer.x[0], number * cols, cols);
    return graph.Node("Transpose",
                      {graph.Reshape(columns, {-1, heads, cols / heads})},
                      {{"perm", order}});
  };
  const std::string products =
      graph.Node("MatMul", {part(0, {1, 0, 2}), part(1, {1, 2, 0})});
  const double scale = 1 / std::sqrt(static_cast<double>(cols / heads));
  const std::string scores =
      graph.Node("Add", {graph.Node("Mul", {products, graph.Number(scale)}),
                         SequenceMask(layer)});
  const std::string weights =
      graph.Node("Softmax", {scores}, {{"axis", Index{-1}}});
  const std::string y = graph.Node("MatMul", {weights, part(2, {1, 0, 2})});
  return graph.Reshape(
      graph.Node("Transpose", {y}, {{"perm", std::vector<Index>{1, 0, 2}}}),
      {-1, cols});
}

std::string TiedToOnnx(const OnnxLayer& layer) {
  const std::string table = layer.Node("Transpose", {layer.Matrix(0)},
                                       {{"perm", std::vector<Index>{1, 0}}});
  return layer.Node("Gemm", {layer.x[0], table});
}

// Where the sequences of an input begin, in Python.
std::string TorchStarts(const TorchLayer& layer, std::size_t input) {
  const Space& space = layer.node.input_spaces[input];
  if (!space.is_ragged()) {
    return Str("torch.arange(0, len(", layer.x[input], ") + 1, ",
               space.per_row(), ", device=", layer.x[input], ".device)");
  }
  if (input > 0) {
    RefuseNode(layer.node, "it reads two texts, of which one is known");
  }
  return layer.starts;
}

constexpr std::string_view kPositionsTorch =
    R"(def add_positions(x, starts, factor):
    """Waves that tell the place in a sequence (Vaswani et al., 2017)."""
    counts = starts[1:] - starts[:-1]
    places = torch.arange(len(x), device=x.device, dtype=torch.float64)
    places = places - starts[:-1].repeat_interleave(counts)
    column = torch.arange(x.shape[1], device=x.device)
    rates = 1e4 ** (-(column // 2 * 2).double() / x.shape[1])
    waves = torch.sin(places[:, None] * rates + column % 2 * torch.pi / 2)
    return factor * x + waves.to(x.dtype)
)";

std::string PositionsToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kPositionsTorch);
  return Str("add_positions(", layer.x[0], ", ", TorchStarts(layer, 0), ", ",
             layer.node.Number("factor"), ")");
}

constexpr std::string_view kAttentionTorch =
    R"(def attention(q, kv, starts, other, heads, causal):
    """Attention inside of each sequence, or to that beside it."""
    rows = []
    spans = zip(starts.tolist()[:-1], starts.tolist()[1:],
                other.tolist()[:-1], other.tolist()[1:])
    for a, b, c, d in spans:
        parts = [x.unflatten(1, (heads, -1)).transpose(0, 1)
                 for x in (q[a:b], *kv[c:d].chunk(2, 1))]
        y = F.scaled_dot_product_attention(*parts, is_causal=causal)
        rows.append(y.transpose(0, 1).flatten(1))
    return torch.cat(rows)
)";

std::string AttentionToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kAttentionTorch);
  const ExportNode& node = layer.node;
  const std::string starts = TorchStarts(layer, 0);
  const bool is_self = layer.x.size() == 1;
  const std::string other = is_self ? starts : TorchStarts(layer, 1);
  const std::string q =
      is_self ? Str(layer.x[0], "[:, :", node.cols, "]") : layer.x[0];
  const std::string kv =
      is_self ? Str(layer.x[0], "[:, ", node.cols, ":]") : layer.x[1];
  return Str("attention(", q, ", ", kv, ", ", starts, ", ", other, ", ",
             node.Integer("heads"), ", ",
             node.Flag("causal") ? "True" : "False", ")");
}

constexpr std::string_view kTiedTorch =
    R"(class Tied(nn.ModuleList):
    """A table of embeddings that outputs are made of, too."""

    def __init__(self, codes, width):
        super().__init__([nn.Embedding(codes, width)])
)";

std::string TiedToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kTiedTorch);
  const ExportNode& node = layer.node;
  const std::string module =
      layer.Make(Str("Tied(", node.cols, ", ", node.input_cols[0], ")"));
  return Str("F.linear(", layer.x[0], ", ", module, "[0].weight)");
}

// All sequences that are not over take a step at a time.
constexpr std::string_view kRecurrentTorch =
    R"(class Recurrent(nn.Module):
    """Rows of each sequence one after the other, and back."""

    def __init__(self, gates, units, both, forget_bias=0.0):
        super().__init__()
        self.units, self.forget_bias = units, forget_bias
        self.ways = ("", "_back") if both else ("",)
        for way in self.ways:
            kernel = nn.Parameter(torch.empty(units, gates * units))
            self.register_parameter("recurrent" + way, kernel)
            if gates == 3:
                bias = nn.Parameter(torch.empty(units))
                self.register_parameter("bias" + way, bias)

    def step(self, x, way, h, c):
        z = h @ getattr(self, "recurrent" + way)
        if hasattr(self, "bias"):  # a gated recurrent unit
            r, u = torch.sigmoid((x + z)[:, :2 * self.units]).chunk(2, 1)
            q = z[:, 2 * self.units:] + getattr(self, "bias" + way)
            n = torch.tanh(x[:, 2 * self.units:] + r * q)
            return n + u * (h - n), c
        i, f, o, g = (x + z).chunk(4, 1)
        c = torch.sigmoid(f + self.forget_bias) * c
        c = c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def forward(self, x, starts):
        outputs = []
        counts = starts[1:] - starts[:-1]
        parts = x.chunk(len(self.ways), 1)
        for way, part in zip(self.ways, parts):
            h = c = x.new_zeros(len(counts), self.units)
            y = x.new_zeros(len(x), self.units)
            for time in range(max(counts.tolist(), default=0)):
                alive = (counts > time).nonzero()[:, 0]
                place = starts[1:] - 1 - time if way else starts[:-1] + time
                place = place[alive]
                new = self.step(part[place], way, h[alive], c[alive])
                h = h.index_copy(0, alive, new[0])
                c = c.index_copy(0, alive, new[1])
                y = y.index_copy(0, place, new[0])
            outputs.append(y)
        return torch.cat(outputs, 1)
)";

std::string RecurrentToTorch(const TorchLayer& layer, Index gates,
                             const std::string& more) {
  layer.module.AddHelper(kRecurrentTorch);
  const ExportNode& node = layer.node;
  const bool both = node.Flag("both");
  const std::string module =
      layer.Make(Str("Recurrent(", gates, ", ", node.cols / (both ? 2 : 1),
                     ", ", both ? "True" : "False", more, ")"));
  return Str(module, "(", layer.x[0], ", ", TorchStarts(layer, 0), ")");
}

std::string LstmToTorch(const TorchLayer& layer) {
  return RecurrentToTorch(layer, 4,
                          Str(", ", layer.node.Number("forget-bias")));
}

std::string GruToTorch(const TorchLayer& layer) {
  return RecurrentToTorch(layer, 3, "");
}

}  // namespace

extern const LayerExport kLstmExport;
const LayerExport kLstmExport = {.name = "lstm",
                                 .onnx = {.reason = kNoRecurrentOnnx},
                                 .torch = {LstmToTorch},
                                 .keras = {.reason = kNoKeras}};

extern const LayerExport kGruExport;
const LayerExport kGruExport = {.name = "gru",
                                .onnx = {.reason = kNoRecurrentOnnx},
                                .torch = {GruToTorch},
                                .keras = {.reason = kNoKeras}};

extern const LayerExport kAttentionExport;
const LayerExport kAttentionExport = {.name = "attention",
                                      .onnx = {AttentionToOnnx},
                                      .torch = {AttentionToTorch},
                                      .keras = {.reason = kNoKeras}};

extern const LayerExport kPositionsExport;
const LayerExport kPositionsExport = {.name = "positions",
                                      .onnx = {PositionsToOnnx},
                                      .torch = {PositionsToTorch},
                                      .keras = {.reason = kNoKeras}};

extern const LayerExport kTiedExport;
const LayerExport kTiedExport = {
    .name = "tied",
    .onnx = {TiedToOnnx},
    .torch = {TiedToTorch},
    .keras = {.reason = "Keras has no layer for the transpose of a table"}};

}  // namespace mtlkit
