#include "interop/activation_export.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

std::string OnnxActivation(Activation activation, double shape,
                           const std::string& x, OnnxGraph* graph) {
  switch (activation) {
    case Activation::kIdentity:
      return x;
    case Activation::kRelu:
      return graph->Node("Relu", {x});
    case Activation::kLeakyRelu:
      return graph->Node("LeakyRelu", {x},
                         {{"alpha", static_cast<float>(shape)}});
    case Activation::kGelu: {
      // x Phi(x) = x / 2 (1 + erf(x / sqrt 2))
      const std::string erf = graph->Node(
          "Erf",
          {graph->Node("Mul", {x, graph->Number(1 / std::numbers::sqrt2)})});
      const std::string half = graph->Node("Mul", {x, graph->Number(0.5)});
      return graph->Node("Mul",
                         {half, graph->Node("Add", {erf, graph->Number(1)})});
    }
    case Activation::kGeluTanh: {
      // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
      const std::string square = graph->Node("Mul", {x, x});
      const std::string inner = graph->Node(
          "Mul",
          {graph->Node("Add",
                       {graph->Node("Mul", {square, graph->Number(0.044715)}),
                        graph->Number(1)}),
           graph->Node("Mul", {x, graph->Number(
                                      std::sqrt(2 * std::numbers::inv_pi))})});
      const std::string half = graph->Node("Mul", {x, graph->Number(0.5)});
      return graph->Node(
          "Mul", {half, graph->Node("Add", {graph->Node("Tanh", {inner}),
                                            graph->Number(1)})});
    }
    case Activation::kElu:
      return graph->Node("Elu", {x}, {{"alpha", static_cast<float>(shape)}});
    case Activation::kSoftplus:
      return graph->Node("Softplus", {x});
    case Activation::kTanh:
      return graph->Node("Tanh", {x});
    case Activation::kSigmoid:
      return graph->Node("Sigmoid", {x});
    case Activation::kSilu:
      return graph->Node("Mul", {x, graph->Node("Sigmoid", {x})});
  }
  return x;
}

std::string TorchActivation(Activation activation, double shape,
                            const std::string& x) {
  switch (activation) {
    case Activation::kIdentity:
      return x;
    case Activation::kRelu:
      return Str("F.relu(", x, ")");
    case Activation::kLeakyRelu:
      return Str("F.leaky_relu(", x, ", ",
                 FormatNumber(static_cast<float>(shape)), ")");
    case Activation::kGelu:
      return Str("F.gelu(", x, ")");
    case Activation::kGeluTanh:
      return Str("F.gelu(", x, ", approximate=\"tanh\")");
    case Activation::kElu:
      return Str("F.elu(", x, ", ", FormatNumber(static_cast<float>(shape)),
                 ")");
    case Activation::kSoftplus:
      return Str("F.softplus(", x, ")");
    case Activation::kTanh:
      return Str("torch.tanh(", x, ")");
    case Activation::kSigmoid:
      return Str("torch.sigmoid(", x, ")");
    case Activation::kSilu:
      return Str("F.silu(", x, ")");
  }
  return x;
}

std::string KerasActivation(Activation activation, double shape,
                            const std::string& x, const KerasLayer& layer,
                            const std::string& suffix) {
  const auto add = [&](const std::string& type, const Json& options) {
    return layer.Add(type, {x}, layer.graph.ShapeOf(x), options, {}, suffix);
  };
  const auto named = [&](const char* name) {
    return add("Activation", {{"activation", name}});
  };
  switch (activation) {
    case Activation::kIdentity:
      return x;
    case Activation::kRelu:
      return named("relu");
    case Activation::kLeakyRelu:
      return add("LeakyReLU", {{"negative_slope", shape}});
    case Activation::kElu:
      return add("ELU", {{"alpha", shape}});
    case Activation::kGelu:
      return named("gelu");
    case Activation::kGeluTanh:
      RefuseNode(layer.node,
                 "Keras has no layer for the tanh form of GELU, only for the "
                 "exact one");
    case Activation::kTanh:
      return named("tanh");
    case Activation::kSigmoid:
      return named("sigmoid");
    case Activation::kSilu:
      return named("silu");
    case Activation::kSoftplus:
      return named("softplus");
  }
  return x;
}

}  // namespace mtlkit
