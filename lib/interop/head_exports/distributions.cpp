// Heads whose predictions are numbers of a distribution.
#include <cmath>
#include <nlohmann/json.hpp>

#include "data/heads/gaussian.h"
#include "data/heads/ziln.h"
#include "interop/head_export.h"

namespace mtlkit {
namespace {

// What a prediction is times and plus, for each of two beside each other.
struct PairUnits {
  explicit PairUnits(const Task& task, double of_second) {
    for (std::size_t k = 0; k < At(task.width); ++k) {
      const double unit = task.deviation.empty() ? 1 : task.deviation[k];
      scale.push_back(unit);
      scale.push_back(of_second == 0 ? unit : of_second);
      shift.push_back(task.mean.empty() ? 0 : task.mean[k]);
      shift.push_back(0);
    }
  }
  std::vector<double> scale;
  std::vector<double> shift;
};

// Two columns for each column of labels, which stand below each other, beside
// each other and in units.
std::string PairsToOnnx(const PairUnits& units, const std::string& first,
                        const std::string& second, OnnxGraph* graph) {
  const Index cols = std::ssize(units.scale);
  const std::string pairs = graph->Reshape(
      graph->Node("Concat", {first, second}, {{"axis", Index{1}}}), {-1, cols});
  const std::string scaled =
      graph->Node("Mul", {graph->Cast(pairs, OnnxType::kDouble),
                          graph->Doubles({cols}, units.scale)});
  return graph->Cast(
      graph->Node("Add", {scaled, graph->Doubles({cols}, units.shift)}),
      OnnxType::kFloat);
}

std::string PairsToKeras(const Task& task, const PairUnits& units,
                         const std::vector<std::string>& columns,
                         KerasGraph* graph) {
  const std::vector<Index> shape = {std::ssize(columns)};
  const std::string pairs = graph->Add({.type = "Concatenate",
                                        .name = task.name + ".pairs",
                                        .inputs = columns,
                                        .shape = shape,
                                        .takes_list = true},
                                       {{"axis", -1}});
  return graph->Add({.type = "Rescaling",
                     .name = task.name,
                     .inputs = {pairs},
                     .shape = shape},
                    {{"scale", units.scale}, {"offset", units.shift}});
}

// Layers of one column each, called after the task.
class KerasCells {
 public:
  KerasCells(const Task& task, Index column, KerasGraph* graph)
      : prefix_(Str(task.name, ".", column, ".")), graph_(*graph) {}

  std::string Column(const std::string& values, Index at, const char* name) {
    return graph_.Columns(values, at, 1, prefix_ + name);
  }
  std::string Rescale(const std::string& x, double scale, double offset,
                      const char* name) {
    return Add("Rescaling", {x}, name, {{"scale", scale}, {"offset", offset}});
  }
  std::string Activate(const std::string& x, const char* what,
                       const char* name) {
    return Add("Activation", {x}, name, {{"activation", what}});
  }
  std::string Add(const char* type, std::vector<std::string> inputs,
                  const char* name, const Json& options = Json::object()) {
    const bool is_list = inputs.size() > 1;
    return graph_.Add({.type = type,
                       .name = prefix_ + name,
                       .inputs = std::move(inputs),
                       .shape = {1},
                       .takes_list = is_list},
                      options);
  }

 private:
  std::string prefix_;
  KerasGraph& graph_;
};

const double kLeastLog = std::log(GaussianOutput::kLeastVariance);

std::string GaussianLink(const Task& task, const std::string& outputs,
                         OnnxGraph* graph) {
  const std::string pairs = graph->Reshape(outputs, {-1, 2});
  const std::string held = graph->Node(
      "Clip", {graph->Columns(pairs, 1, 1), graph->Number(kLeastLog),
               graph->Number(GaussianOutput::kMostLog)});
  const std::string deviation =
      graph->Node("Exp", {graph->Node("Mul", {held, graph->Number(0.5)})});
  return PairsToOnnx(PairUnits(task, 0), graph->Columns(pairs, 0, 1), deviation,
                     graph);
}

std::string GaussianKeras(const Task& task, const std::string& outputs,
                          KerasGraph* graph) {
  std::vector<std::string> columns;
  for (Index k = 0; k < task.width; ++k) {
    KerasCells cells(task, k + 1, graph);
    columns.push_back(cells.Column(outputs, 2 * k, "mean"));
    const std::string log = cells.Column(outputs, 2 * k + 1, "log");
    const std::string held = cells.Add(
        "ReLU", {cells.Rescale(log, 1, -kLeastLog, "above_least")}, "held",
        {{"max_value", GaussianOutput::kMostLog - kLeastLog},
         {"negative_slope", 0.0},
         {"threshold", 0.0}});
    columns.push_back(
        cells.Activate(cells.Rescale(held, 0.5, kLeastLog / 2, "half"),
                       "exponential", "deviation"));
  }
  return PairsToKeras(task, PairUnits(task, 0), columns, graph);
}

std::string ZilnLink(const Task& task, const std::string& outputs,
                     OnnxGraph* graph) {
  const std::string cells = graph->Reshape(outputs, {-1, ZilnOutput::kCols});
  const std::string logit = graph->Columns(cells, 0, 1);
  const std::string sigma = graph->Node(
      "Max", {graph->Node("Softplus", {graph->Columns(cells, 2, 1)}),
              graph->Number(ZilnOutput::kLeastSigma)});
  const std::string half = graph->Node(
      "Mul", {graph->Node("Mul", {sigma, sigma}), graph->Number(0.5)});
  const std::string log_mean = graph->Node(
      "Sub", {graph->Node("Add", {graph->Columns(cells, 1, 1), half}),
              graph->Node("Softplus", {graph->Node("Neg", {logit})})});
  const std::string mean = graph->Node(
      "Exp", {graph->Node("Min", {log_mean, graph->Number(SafeExp::kMost)})});
  return PairsToOnnx(PairUnits(task, 1), mean, graph->Node("Sigmoid", {logit}),
                     graph);
}

std::string ZilnKeras(const Task& task, const std::string& outputs,
                      KerasGraph* graph) {
  std::vector<std::string> columns;
  for (Index k = 0; k < task.width; ++k) {
    KerasCells cells(task, k + 1, graph);
    const Index first = ZilnOutput::kCols * k;
    const std::string logit = cells.Column(outputs, first, "logit");
    const std::string mu = cells.Column(outputs, first + 1, "mu");
    const std::string spread = cells.Activate(
        cells.Column(outputs, first + 2, "spread"), "softplus", "softplus");
    const double least = ZilnOutput::kLeastSigma;
    const std::string more = cells.Activate(
        cells.Rescale(spread, 1, -least, "above_least"), "relu", "held");
    const std::string sigma = cells.Rescale(more, 1, least, "sigma");
    const std::string half = cells.Rescale(
        cells.Add("Multiply", {sigma, sigma}, "square"), 0.5, 0, "half");
    const std::string probability =
        cells.Activate(logit, "sigmoid", "positive");
    const std::string rarely = cells.Activate(
        cells.Rescale(logit, -1, 0, "against"), "softplus", "rarely");
    const std::string log_mean = cells.Add(
        "Add", {mu, half, cells.Rescale(rarely, -1, 0, "log_positive")},
        "log_mean");
    columns.push_back(cells.Activate(log_mean, "exponential", "mean"));
    columns.push_back(probability);
  }
  return PairsToKeras(task, PairUnits(task, 1), columns, graph);
}

constexpr std::string_view kGaussianTorch =
    R"(def link_gaussian(z, task):
    """Mean and deviation, in the units of the labels."""
    mean, log = z.double().reshape(len(z), -1, 2).unbind(2)
    deviation = (log.clamp(-13.815510557964274, 80.0) / 2).exp()
    if task["mean"]:
        unit = torch.tensor(task["deviation"], dtype=torch.float64)
        mean = mean * unit + torch.tensor(task["mean"], dtype=torch.float64)
        deviation = deviation * unit
    return torch.stack([mean, deviation], 2).reshape(z.shape).to(z.dtype)
)";

constexpr std::string_view kZilnTorch =
    R"(def link_ziln(z, task):
    """The mean and the probability of more than 0 (Wang et al., 2019)."""
    logit, mu, spread = z.double().reshape(len(z), -1, 3).unbind(2)
    sigma = nn.functional.softplus(spread).clamp(min=1e-3)
    log_mean = mu + sigma * sigma / 2 - nn.functional.softplus(-logit)
    mean = log_mean.clamp(max=50.0).exp()
    if task["mean"]:
        mean = mean * torch.tensor(task["deviation"], dtype=torch.float64)
    pairs = torch.stack([mean, torch.sigmoid(logit)], 2)
    return pairs.reshape(len(z), -1).to(z.dtype)
)";

}  // namespace

extern const HeadExport kGaussianExport;
const HeadExport kGaussianExport = {"gaussian", GaussianLink, nullptr,
                                    kGaussianTorch, GaussianKeras};

extern const HeadExport kZilnExport;
const HeadExport kZilnExport = {"ziln", ZilnLink, nullptr, kZilnTorch,
                                ZilnKeras};

}  // namespace mtlkit
