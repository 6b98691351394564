// Layers of ensembles: rows of members lie beside each other, and become an
// axis of their own while a member's numbers are used.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

Index MembersOfNode(const ExportNode& node) {
  return node.Integer("members");
}

// Rows that it reads for each row of the batch.
Index RowsReadOfEach(const ExportNode& node) {
  return node.input_spaces[0].per_row();
}

std::string MemberScaleToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const Index cols = layer.node.cols;
  const std::string x =
      graph.Reshape(layer.x[0], {-1, RowsReadOfEach(layer.node), cols});
  std::string y = graph.Node("Mul", {x, layer.Matrix(0)});
  if (layer.node.Flag("bias")) y = graph.Node("Add", {y, layer.Matrix(1)});
  return graph.Reshape(y, {-1, cols});
}

std::string MemberDenseToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const ExportNode& node = layer.node;
  const Index members = MembersOfNode(node);
  const OnnxAttributes members_first = {{"perm", std::vector<Index>{1, 0, 2}}};
  const auto numbers = [&](std::size_t param, Index rows) {
    const ExportArray& array = node.params[param];
    return graph.Numbers(array.name, {members, rows, node.cols},
                         array.values.flat());
  };
  const std::string x =
      graph.Reshape(layer.x[0], {-1, members, node.input_cols[0]});
  const std::string product =
      graph.Node("MatMul", {graph.Node("Transpose", {x}, members_first),
                            numbers(0, node.input_cols[0])});
  const std::string y = graph.Node("Add", {product, numbers(1, 1)});
  return graph.Reshape(graph.Node("Transpose", {y}, members_first),
                       {-1, node.cols});
}

constexpr std::string_view kMemberScaleTorch =
    R"(class MemberScale(nn.Module):
    """Numbers of each member's own (BatchEnsemble, Wen et al., 2020)."""

    def __init__(self, members, columns, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, columns))
        self.bias = nn.Parameter(torch.empty(members, columns)) if bias else 0

    def forward(self, x, each):
        """`each`: rows of x for each row of the batch."""
        x = x.reshape(-1, each, x.shape[1])
        return (x * self.weight + self.bias).flatten(0, 1)
)";

std::string MemberScaleToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kMemberScaleTorch);
  const ExportNode& node = layer.node;
  const std::string module =
      layer.Make(Str("MemberScale(", MembersOfNode(node), ", ", node.cols, ", ",
                     node.Flag("bias") ? "True" : "False", ")"));
  return Str(module, "(", layer.x[0], ", ", RowsReadOfEach(node), ")");
}

constexpr std::string_view kMemberDenseTorch =
    R"(class MemberDense(nn.Module):
    """A linear layer of each member's own."""

    def __init__(self, members, inputs, units):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units, members * inputs))
        self.bias = nn.Parameter(torch.empty(members, units))

    def forward(self, x):
        members, units = self.bias.shape
        x = x.reshape(-1, members, x.shape[1])
        weight = self.weight.reshape(units, members, -1)
        y = torch.einsum("rmi,umi->rmu", x, weight) + self.bias
        return y.flatten(0, 1)
)";

std::string MemberDenseToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kMemberDenseTorch);
  const ExportNode& node = layer.node;
  const std::string module =
      layer.Make(Str("MemberDense(", MembersOfNode(node), ", ",
                     node.input_cols[0], ", ", node.cols, ")"));
  return Str(module, "(", layer.x[0], ")");
}

std::string AddEinsum(const KerasLayer& layer, const std::string& x,
                      const char* equation, const Json& bias_axes,
                      std::vector<KerasArray> weights) {
  const std::vector<Index> shape = {MembersOfNode(layer.node), layer.node.cols};
  return layer.Add("EinsumDense", {x}, shape,
                   {{"equation", equation},
                    {"output_shape", shape},
                    {"activation", "linear"},
                    {"bias_axes", bias_axes}},
                   std::move(weights));
}

std::string MemberScaleToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  const Index members = MembersOfNode(node);
  std::string x = layer.x[0];
  if (node.input_spaces[0] == Space{}) {
    x = layer.Add("RepeatVector", {x}, {members, node.cols}, {{"n", members}},
                  {}, ".spread");
  }
  std::vector<KerasArray> weights = {KerasArrayOf(node.params[0], false)};
  const bool bias = node.Flag("bias");
  if (bias) weights.push_back(KerasArrayOf(node.params[1], false));
  return AddEinsum(layer, x, "abc,bc->abc", bias ? Json("bc") : Json(),
                   std::move(weights));
}

std::string MemberDenseToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  KerasArray kernel = KerasArrayOf(node.params[0], false);
  kernel.shape = {MembersOfNode(node), node.input_cols[0], node.cols};
  return AddEinsum(layer, layer.x[0], "abc,bcd->abd", "bd",
                   {std::move(kernel), KerasArrayOf(node.params[1], false)});
}

// Members become the middle one of three axes.
std::string StackToOnnx(const OnnxLayer& layer) {
  const Index cols = layer.node.cols;
  std::vector<std::string> members;
  for (std::size_t i = 0; i < layer.x.size(); ++i) {
    members.push_back(layer.graph.Reshape(
        layer.x[i], {-1, layer.node.input_spaces[i].per_row(), cols}));
  }
  return layer.graph.Reshape(
      layer.Node("Concat", members, {{"axis", Index{1}}}), {-1, cols});
}

std::string StackToTorch(const TorchLayer& layer) {
  const Index cols = layer.node.cols;
  std::vector<std::string> members;
  for (std::size_t i = 0; i < layer.x.size(); ++i) {
    members.push_back(Str(layer.x[i], ".reshape(-1, ",
                          layer.node.input_spaces[i].per_row(), ", ", cols,
                          ")"));
  }
  return Str("torch.cat([", Join(members, ", "), "], 1).flatten(0, 1)");
}

std::string StackToKeras(const KerasLayer& layer) {
  const Index cols = layer.node.cols;
  std::vector<std::string> members;
  Index count = 0;
  for (std::size_t i = 0; i < layer.x.size(); ++i) {
    const Space& space = layer.node.input_spaces[i];
    count += space.per_row();
    members.push_back(space == Space{}
                          ? layer.Add("Reshape", {layer.x[i]}, {1, cols},
                                      {{"target_shape", {1, cols}}}, {},
                                      Str(".member", i + 1))
                          : layer.x[i]);
  }
  return layer.Add("Concatenate", members, {count, cols}, {{"axis", 1}});
}

}  // namespace

extern const LayerExport kStackExport;
const LayerExport kStackExport = {.name = "stack",
                                  .onnx = {StackToOnnx},
                                  .torch = {StackToTorch},
                                  .keras = {StackToKeras}};

extern const LayerExport kMemberScaleExport;
const LayerExport kMemberScaleExport = {.name = "member-scale",
                                        .onnx = {MemberScaleToOnnx},
                                        .torch = {MemberScaleToTorch},
                                        .keras = {MemberScaleToKeras}};

extern const LayerExport kMemberDenseExport;
const LayerExport kMemberDenseExport = {.name = "member-dense",
                                        .onnx = {MemberDenseToOnnx},
                                        .torch = {MemberDenseToTorch},
                                        .keras = {MemberDenseToKeras}};

}  // namespace mtlkit
