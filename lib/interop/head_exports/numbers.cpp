// Heads whose predictions are numbers.
#include <nlohmann/json.hpp>
#include <utility>

#include "interop/head_export.h"

namespace mtlkit {
namespace {

// The largest output of `positive` that its link does not hold back.
constexpr double kMostLog = 50;

// In double, as predictions are made: a mean may be large beside the deviation.
std::string OnnxToUnits(const Task& task, Index per_column,
                        const std::string& outputs, OnnxGraph* graph) {
  if (task.mean.empty()) return outputs;
  std::vector<double> mean;
  std::vector<double> deviation;
  for (std::size_t i = 0; i < task.mean.size(); ++i) {
    mean.insert(mean.end(), At(per_column), task.mean[i]);
    deviation.insert(deviation.end(), At(per_column), task.deviation[i]);
  }
  const std::vector<Index> shape = {std::ssize(mean)};
  const std::string scaled =
      graph->Node("Mul", {graph->Cast(outputs, OnnxType::kDouble),
                          graph->Doubles(shape, deviation)});
  return graph->Cast(graph->Node("Add", {scaled, graph->Doubles(shape, mean)}),
                     OnnxType::kFloat);
}

std::string RegressionLink(const Task& task, const std::string& outputs,
                           OnnxGraph* graph) {
  return OnnxToUnits(task, 1, outputs, graph);
}

// Of the log of the mean, up to where the link holds it back.
std::string PositiveLink(const Task& task, const std::string& outputs,
                         OnnxGraph* graph) {
  const std::string held =
      graph->Node("Min", {outputs, graph->Number(kMostLog)});
  return OnnxToUnits(task, 1, graph->Node("Exp", {held}), graph);
}

// In order, so that quantiles do not cross.
std::string QuantileLink(const Task& task, const std::string& outputs,
                         OnnxGraph* graph) {
  const Index levels = std::ssize(task.levels);
  const std::string columns = graph->Reshape(outputs, {-1, levels});
  const std::string sorted =
      graph->Node("TopK", {columns, graph->Integers({levels})},
                  {{"axis", Index{-1}}, {"largest", Index{0}}}, "", 2);
  return OnnxToUnits(task, levels,
                     graph->Reshape(sorted, {-1, task.width * levels}), graph);
}

// The last layer of the task, so that none of it is two tasks' output.
std::string RegressionKeras(const Task& task, const std::string& outputs,
                            KerasGraph* graph) {
  const std::vector<Index> shape = graph->ShapeOf(outputs);
  if (task.mean.empty()) {
    return graph->Add({.type = "Activation",
                       .name = task.name,
                       .inputs = {outputs},
                       .shape = shape},
                      {{"activation", "linear"}});
  }
  return graph->Add({.type = "Rescaling",
                     .name = task.name,
                     .inputs = {outputs},
                     .shape = shape},
                    {{"scale", task.deviation}, {"offset", task.mean}});
}

std::string PositiveKeras(const Task& task, const std::string& outputs,
                          KerasGraph* graph) {
  const std::string mean = graph->Add({.type = "Activation",
                                       .name = task.name + ".mean",
                                       .inputs = {outputs},
                                       .shape = graph->ShapeOf(outputs)},
                                      {{"activation", "exponential"}});
  return RegressionKeras(task, mean, graph);
}

constexpr std::string_view kRegressionTorch =
    R"(def link_regression(z, task):
    """In the units of the labels; in double, since means may be large."""
    if not task["mean"]:
        return z
    columns = z.double().reshape(len(z), len(task["mean"]), -1)
    mean = torch.tensor(task["mean"], dtype=torch.float64)
    deviation = torch.tensor(task["deviation"], dtype=torch.float64)
    columns = columns * deviation[:, None] + mean[:, None]
    return columns.reshape(z.shape).to(z.dtype)
)";

constexpr std::string_view kPositiveTorch =
    R"(def link_positive(z, task):
    """The mean, whose log the network puts out."""
    return link_regression(torch.exp(z.clamp(max=50.0)), task)
)";

constexpr std::string_view kQuantileTorch =
    R"(def link_quantile(z, task):
    """Quantiles in order, in the units of the labels."""
    columns = z.reshape(len(z), task["width"], len(task["levels"]))
    return link_regression(columns.sort(-1).values.reshape(z.shape), task)
)";

}  // namespace

extern const HeadExport kRegressionExport;
const HeadExport kRegressionExport = {"regression", RegressionLink, nullptr,
                                      kRegressionTorch, RegressionKeras};

extern const HeadExport kPositiveExport;
const HeadExport kPositiveExport = {"positive",     PositiveLink,  nullptr,
                                    kPositiveTorch, PositiveKeras, {},
                                    "regression"};

extern const HeadExport kQuantileExport;
const HeadExport kQuantileExport = {"quantile",
                                    QuantileLink,
                                    nullptr,
                                    kQuantileTorch,
                                    nullptr,
                                    "Keras has no layer that puts quantiles "
                                    "in order",
                                    "regression"};

}  // namespace mtlkit
