// A score less thresholds.
#include "base/text.h"
#include "interop/layer_export.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

std::string OrderedToOnnx(const OnnxLayer& layer) {
  OnnxGraph& graph = layer.graph;
  const Index count = layer.node.cols;
  const std::string value = layer.Matrix(0);
  std::string at = layer.Node(
      "Add", {graph.Columns(value, 0, 1), graph.Number(FirstThreshold(count))});
  if (count > 1) {
    const std::string gaps =
        layer.Node("Softplus", {graph.Columns(value, 1, count - 1)});
    at = layer.Node("CumSum",
                    {layer.Node("Concat", {at, gaps}, {{"axis", Index{1}}}),
                     graph.Integer(1)});
  }
  return layer.Node("Sub", {layer.x[0], at});
}

std::string ThresholdsToOnnx(const OnnxLayer& layer) {
  if (layer.node.Flag("ordered")) return OrderedToOnnx(layer);
  const Index count = layer.node.cols;
  std::vector<Real> starts;
  for (Index k = 0; k < count; ++k) {
    starts.push_back(static_cast<Real>(FirstThreshold(count) +
                                       kThresholdGap * static_cast<double>(k)));
  }
  const std::string from =
      layer.graph.Numbers(layer.node.name + ".from", {count}, starts);
  return layer.Node("Sub",
                    {layer.x[0], layer.Node("Add", {layer.Vector(0), from})});
}

constexpr std::string_view kThresholds =
    R"(class Thresholds(nn.Module):
    """A score less thresholds, which begin log 2 apart, around 0."""

    def __init__(self, count, ordered):
        super().__init__()
        self.value = nn.Parameter(torch.empty(count))
        self.ordered = ordered

    def forward(self, x):
        gap = 0.6931471805599453
        first = -gap * (len(self.value) - 1) / 2
        if self.ordered:
            gaps = nn.functional.softplus(self.value[1:])
            at = torch.cat([self.value[:1] + first, gaps]).cumsum(0)
        else:
            steps = torch.arange(len(self.value), dtype=self.value.dtype)
            at = self.value + (first + gap * steps)
        return x - at
)";

std::string ThresholdsToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kThresholds);
  const std::string module =
      layer.Make(Str("Thresholds(", layer.node.cols, ", ",
                     layer.node.Flag("ordered") ? "True" : "False", ")"));
  return Str(module, "(", layer.x[0], ")");
}

}  // namespace

extern const LayerExport kThresholdsExport;
const LayerExport kThresholdsExport = {
    .name = "thresholds",
    .onnx = {ThresholdsToOnnx},
    .torch = {ThresholdsToTorch},
    .keras = {nullptr,
              "Keras has no layer that takes thresholds from a "
              "score"}};

}  // namespace mtlkit
