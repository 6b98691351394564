// Layers of architectures in which tasks follow one another.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

std::string DotToOnnx(const OnnxLayer& layer) {
  const std::string sum = layer.Node(
      "ReduceSum", {layer.Node("Mul", layer.x), layer.graph.Integers({1})},
      {{"keepdims", Index{1}}});
  return layer.Node("Mul",
                    {sum, layer.graph.Number(layer.node.Number("factor"))});
}

std::string DotToTorch(const TorchLayer& layer) {
  return Str(FormatNumber(layer.node.Number("factor")), " * (", layer.x[0],
             " * ", layer.x[1], ").sum(1, keepdim=True)");
}

// The sum is a product with fixed numbers.
std::string DotToKeras(const KerasLayer& layer) {
  const Index cols = layer.node.input_cols[0];
  const std::string product =
      layer.Add("Multiply", layer.x, layer.graph.ShapeOf(layer.x[0]),
                Json::object(), {}, ".product");
  KerasArray ones{
      {cols, 1},
      std::vector<float>(At(cols),
                         static_cast<float>(layer.node.Number("factor")))};
  return layer.Add("Dense", {product}, layer.shape(),
                   {{"units", 1},
                    {"use_bias", false},
                    {"activation", "linear"},
                    {"trainable", false}},
                   {std::move(ones)});
}

// With q = b - softplus(-a) it is q - softplus(q - a).
std::string JointLogitToOnnx(const OnnxLayer& layer) {
  const auto minus_softplus = [&](const std::string& from,
                                  const std::string& of) {
    return layer.Node("Sub", {from, layer.Node("Softplus", {of})});
  };
  const std::string& a = layer.x[0];
  const std::string q = minus_softplus(layer.x[1], layer.Node("Neg", {a}));
  return minus_softplus(q, layer.Node("Sub", {q, a}));
}

constexpr std::string_view kJointLogit =
    R"(def joint_logit(a, b):
    """The logit of the product of two probabilities (Ma et al., 2018)."""
    q = b - F.softplus(-a)
    return q - F.softplus(q - a)
)";

std::string JointLogitToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kJointLogit);
  return Str("joint_logit(", Join(layer.x, ", "), ")");
}

std::string JointLogitToKeras(const KerasLayer& layer) {
  const auto minus_softplus = [&](const std::string& from,
                                  const std::string& of,
                                  const std::string& suffix) {
    const std::string soft =
        layer.Add("Activation", {of}, layer.shape(),
                  {{"activation", "softplus"}}, {}, suffix + ".softplus");
    return layer.Add("Subtract", {from, soft}, layer.shape(), Json::object(),
                     {}, suffix);
  };
  const std::string& a = layer.x[0];
  const std::string negative =
      layer.Add("Rescaling", {a}, layer.shape(),
                {{"scale", -1.0}, {"offset", 0.0}}, {}, ".negative");
  const std::string q = minus_softplus(layer.x[1], negative, ".given");
  const std::string rest =
      layer.Add("Subtract", {q, a}, layer.shape(), Json::object(), {}, ".rest");
  return minus_softplus(q, rest, "");
}

// Which input it is, is known here.
std::string BranchToOnnx(const OnnxLayer& layer) {
  const auto logits = layer.node.params[0].values.flat();
  return layer.x[At(std::ranges::max_element(logits) - logits.begin())];
}

constexpr std::string_view kBranch =
    R"(class Branch(nn.Module):
    """The value of the largest logit (Guo et al., 2020), without training."""

    def __init__(self, count):
        super().__init__()
        self.logits = nn.Parameter(torch.empty(count))

    def forward(self, *values):
        return values[int(self.logits.argmax())]
)";

std::string BranchToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kBranch);
  const std::string module = layer.Make(Str("Branch(", layer.x.size(), ")"));
  return Str(module, "(", Join(layer.x, ", "), ")");
}

// Its penalty is of training alone.
std::string CalibratorToOnnx(const OnnxLayer& layer) {
  return layer.x[0];
}

constexpr std::string_view kCalibrated =
    R"(def calibrated(z, before):
    """z; that it is no more probable than `before` is asked in training."""
    return z
)";

std::string CalibratorToTorch(const TorchLayer& layer) {
  layer.module.AddHelper(kCalibrated);
  return Str("calibrated(", Join(layer.x, ", "), ")");
}

std::string CalibratorToKeras(const KerasLayer& layer) {
  return layer.x[0];
}

}  // namespace

extern const LayerExport kDotExport;
const LayerExport kDotExport = {.name = "dot",
                                .onnx = {DotToOnnx},
                                .torch = {DotToTorch},
                                .keras = {DotToKeras}};

extern const LayerExport kJointLogitExport;
const LayerExport kJointLogitExport = {.name = "joint-logit",
                                       .onnx = {JointLogitToOnnx},
                                       .torch = {JointLogitToTorch},
                                       .keras = {JointLogitToKeras}};

extern const LayerExport kBranchExport;
const LayerExport kBranchExport = {
    .name = "branch",
    .onnx = {BranchToOnnx},
    .torch = {BranchToTorch},
    .keras = {.reason = "Keras has no layer that takes one of several values "
                        "by numbers that it learned"}};

extern const LayerExport kCalibratorExport;
const LayerExport kCalibratorExport = {.name = "calibrator",
                                       .onnx = {CalibratorToOnnx},
                                       .torch = {CalibratorToTorch},
                                       .keras = {CalibratorToKeras}};

}  // namespace mtlkit
