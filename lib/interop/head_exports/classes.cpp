// Heads whose predictions are probabilities.
#include <nlohmann/json.hpp>
#include <utility>

#include "interop/head_export.h"

namespace mtlkit {
namespace {

// 1 where a number is above one half, else 0, as whole numbers.
std::string AboveHalf(const std::string& values, OnnxGraph* graph) {
  return graph->Cast(graph->Node("Greater", {values, graph->Number(0.5)}),
                     OnnxType::kInt64);
}

std::string SigmoidLinkNode(const Task& /*task*/, const std::string& outputs,
                            OnnxGraph* graph) {
  return graph->Node("Sigmoid", {outputs});
}

std::string BinaryClass(const std::string& predictions, OnnxGraph* graph) {
  return graph->Node("Squeeze",
                     {AboveHalf(predictions, graph), graph->Integers({1})});
}

std::string MulticlassLink(const Task& /*task*/, const std::string& outputs,
                           OnnxGraph* graph) {
  return graph->Node("Softmax", {outputs}, {{"axis", Index{-1}}});
}

std::string MulticlassClass(const std::string& predictions, OnnxGraph* graph) {
  return graph->Node("ArgMax", {predictions},
                     {{"axis", Index{1}}, {"keepdims", Index{0}}});
}

// Of a map of more than two classes, pixel after pixel.
std::string MapLink(const Task& task, const std::string& outputs,
                    OnnxGraph* graph) {
  const Index each = task.output_cols() / task.target_cols();
  if (each == 1) return SigmoidLinkNode(task, outputs, graph);
  const std::string pixels =
      graph->Reshape(outputs, {-1, task.target_cols(), each});
  return graph->Reshape(MulticlassLink(task, pixels, graph),
                        {-1, task.output_cols()});
}

// CORN: P(y > k) is the product of the sigmoids up to k, which is e to the sum
// of their logs, -softplus(-z).
std::string OrdinalLink(const Task& task, const std::string& outputs,
                        OnnxGraph* graph) {
  const std::string negative = graph->Node("Neg", {outputs});
  const std::string logs =
      graph->Node("Neg", {graph->Node("Softplus", {negative})});
  const auto product = [&](const OnnxAttributes& attributes) {
    return graph->Node(
        "Exp", {graph->Node("CumSum", {logs, graph->Integer(1)}, attributes)});
  };
  const std::string higher = product({});
  const std::string at_least = product({{"exclusive", Index{1}}});
  const std::string here =
      graph->Node("Mul", {at_least, graph->Node("Sigmoid", {negative})});
  return graph->Node("Concat",
                     {here, graph->Columns(higher, task.output_cols() - 1, 1)},
                     {{"axis", Index{1}}});
}

// P(y > k) by logits in falling order; the operation takes the smallest first.
std::string CumulativeLink(const Task& task, const std::string& outputs,
                           OnnxGraph* graph) {
  const Index steps = task.output_cols();
  const std::string ascending = graph->Node(
      "TopK", {graph->Node("Neg", {outputs}), graph->Integers({steps})},
      {{"axis", Index{-1}}, {"largest", Index{0}}}, "", 2);
  const std::string below = graph->Node("Sigmoid", {ascending});
  const std::string above =
      graph->Node("Sigmoid", {graph->Node("Neg", {ascending})});
  std::vector<std::string> parts = {graph->Columns(below, 0, 1)};
  if (steps > 1) {
    parts.push_back(graph->Node("Sub", {graph->Columns(below, 1, steps - 1),
                                        graph->Columns(below, 0, steps - 1)}));
  }
  parts.push_back(graph->Columns(above, steps - 1, 1));
  return graph->Node("Concat", parts, {{"axis", Index{1}}});
}

// The median: how many classes the truth is more likely above than not.
std::string OrdinalClass(const std::string& predictions, OnnxGraph* graph) {
  const std::string at_least = graph->Node(
      "CumSum", {predictions, graph->Integer(1)}, {{"reverse", Index{1}}});
  constexpr Index kLast = Index{1} << 62;
  const std::string higher = graph->Columns(at_least, 1, kLast - 1);
  return graph->Node("ReduceSum",
                     {AboveHalf(higher, graph), graph->Integers({1})},
                     {{"keepdims", Index{0}}});
}

std::string KerasFunction(const Task& task, const std::string& outputs,
                          const char* function, KerasGraph* graph) {
  return graph->Add({.type = "Activation",
                     .name = task.name,
                     .inputs = {outputs},
                     .shape = graph->ShapeOf(outputs)},
                    {{"activation", function}});
}

std::string SigmoidKeras(const Task& task, const std::string& outputs,
                         KerasGraph* graph) {
  return KerasFunction(task, outputs, "sigmoid", graph);
}

std::string SoftmaxKeras(const Task& task, const std::string& outputs,
                         KerasGraph* graph) {
  return KerasFunction(task, outputs, "softmax", graph);
}

std::string MapKeras(const Task& task, const std::string& outputs,
                     KerasGraph* graph) {
  const Index each = task.output_cols() / task.target_cols();
  if (each == 1) return SigmoidKeras(task, outputs, graph);
  const auto reshape = [&](const std::string& value, const std::string& name,
                           const std::vector<Index>& shape) {
    return graph->Add(
        {.type = "Reshape", .name = name, .inputs = {value}, .shape = shape},
        {{"target_shape", shape}});
  };
  const std::string pixels =
      reshape(outputs, task.name + ".apart", {task.target_cols(), each});
  const std::string said =
      graph->Add({.type = "Activation",
                  .name = task.name + ".softmax",
                  .inputs = {pixels},
                  .shape = graph->ShapeOf(pixels)},
                 {{"activation", "softmax"}});
  return reshape(said, task.name, {task.output_cols()});
}

// A product with fixed numbers.
std::string KerasProduct(const std::string& value, KerasArray kernel,
                         const std::string& name, KerasGraph* graph) {
  const Index units = kernel.shape[1];
  std::vector<Index> shape = graph->ShapeOf(value);
  shape.back() = units;
  return graph->Add({.type = "Dense",
                     .name = name,
                     .inputs = {value},
                     .shape = std::move(shape),
                     .weights = {std::move(kernel)}},
                    {{"units", units},
                     {"use_bias", false},
                     {"activation", "linear"},
                     {"trainable", false}});
}

// P(y >= k) is e to the sum over all steps before k of -softplus(-z), and the
// probability of class k is the difference to the next.
std::string OrdinalKeras(const Task& task, const std::string& outputs,
                         KerasGraph* graph) {
  const Index steps = task.output_cols();
  const Index classes = steps + 1;
  KerasArray sums{{steps, classes}, std::vector<float>(At(steps * classes))};
  KerasArray differences{{classes, classes},
                         std::vector<float>(At(classes * classes))};
  for (Index k = 0; k < classes; ++k) {
    for (Index step = 0; step < k; ++step) {
      sums.values[At(step * classes + k)] = -1;
    }
    differences.values[At(k * classes + k)] = 1;
    if (k > 0) differences.values[At(k * classes + k - 1)] = -1;
  }
  const auto add = [&](const char* type, const std::string& value,
                       const char* name, const Json& options) {
    return graph->Add({.type = type,
                       .name = task.name + name,
                       .inputs = {value},
                       .shape = graph->ShapeOf(value)},
                      options);
  };
  const std::string negative = add("Rescaling", outputs, ".negative",
                                   {{"scale", -1.0}, {"offset", 0.0}});
  const std::string steps_down =
      add("Activation", negative, ".steps", {{"activation", "softplus"}});
  const std::string logs =
      KerasProduct(steps_down, std::move(sums), task.name + ".logs", graph);
  const std::string at_least =
      add("Activation", logs, ".at_least", {{"activation", "exponential"}});
  return KerasProduct(at_least, std::move(differences), task.name, graph);
}

constexpr std::string_view kBinaryTorch =
    R"(def link_binary(z, task):
    """The probability of the second class."""
    return torch.sigmoid(z)


def class_binary(p):
    return (p[:, 0] > 0.5).long()
)";

constexpr std::string_view kMulticlassTorch =
    R"(def link_multiclass(z, task):
    """The probability of each class."""
    return torch.softmax(z, 1)


def class_multiclass(p):
    return p.argmax(1)
)";

constexpr std::string_view kMultilabelTorch =
    R"(def link_multilabel(z, task):
    """The probability of each label."""
    return torch.sigmoid(z)
)";

constexpr std::string_view kMapTorch =
    R"(def link_map(z, task):
    """The probability of the second of two classes, or of each, a pixel."""
    classes = len(task["classes"])
    if classes == 2:
        return torch.sigmoid(z)
    return torch.softmax(z.reshape(len(z), -1, classes), 2).flatten(1)
)";

constexpr std::string_view kOrdinalTorch =
    R"(def link_ordinal(z, task):
    """The probability of each class (CORN, Shi et al., 2021)."""
    higher = torch.sigmoid(z).cumprod(1)
    at_least = torch.cat([torch.ones_like(z[:, :1]), higher[:, :-1]], 1)
    return torch.cat([at_least * torch.sigmoid(-z), higher[:, -1:]], 1)


def class_ordinal(p):
    """The median."""
    return (p.flip(1).cumsum(1).flip(1)[:, 1:] > 0.5).sum(1)
)";

constexpr std::string_view kCoralTorch =
    R"(def link_coral(z, task):
    """The probability of each class, by logits of being above it."""
    z = z.sort(1, descending=True).values
    above, below = torch.sigmoid(z), torch.sigmoid(-z)
    middle = below[:, 1:] - below[:, :-1]
    return torch.cat([below[:, :1], middle, above[:, -1:]], 1)


def class_coral(p):
    """The median."""
    return (p.flip(1).cumsum(1).flip(1)[:, 1:] > 0.5).sum(1)
)";

constexpr std::string_view kCumulativeLinkTorch =
    R"(def link_cumulative_link(z, task):
    return link_coral(z, task)


def class_cumulative_link(p):
    return class_coral(p)
)";

constexpr std::string_view kNoThresholds =
    "Keras has no layer that takes thresholds from a score";

}  // namespace

extern const HeadExport kBinaryExport;
const HeadExport kBinaryExport = {"binary", SigmoidLinkNode, BinaryClass,
                                  kBinaryTorch, SigmoidKeras};

extern const HeadExport kMulticlassExport;
const HeadExport kMulticlassExport = {"multiclass", MulticlassLink,
                                      MulticlassClass, kMulticlassTorch,
                                      SoftmaxKeras};

extern const HeadExport kMultilabelExport;
const HeadExport kMultilabelExport = {"multilabel", SigmoidLinkNode, nullptr,
                                      kMultilabelTorch, SigmoidKeras};

extern const HeadExport kMapExport;
const HeadExport kMapExport = {"map", MapLink, nullptr, kMapTorch, MapKeras};

extern const HeadExport kOrdinalExport;
const HeadExport kOrdinalExport = {"ordinal", OrdinalLink, OrdinalClass,
                                   kOrdinalTorch, OrdinalKeras};

extern const HeadExport kCoralExport;
const HeadExport kCoralExport = {"coral",     CumulativeLink, OrdinalClass,
                                 kCoralTorch, nullptr,        kNoThresholds};

extern const HeadExport kCumulativeLinkExport;
const HeadExport kCumulativeLinkExport = {
    "cumulative-link", CumulativeLink, OrdinalClass, kCumulativeLinkTorch,
    nullptr,           kNoThresholds,  "coral"};

}  // namespace mtlkit
