// Heads whose predictions are numbers.
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/error.h"
#include "interop/head_export.h"

namespace mtlkit {
namespace {

// The largest output of `positive` that its link does not hold back.
constexpr double kMostLog = 50;

std::string OnnxConstant(double value, OnnxGraph* graph) {
  const std::vector<double> one = {value};
  return graph->Doubles({1}, one);
}

// Lines from knot to knot, the first and the last going on.
std::string OnnxLines(std::span<const double> from, std::span<const double> to,
                      const std::string& x, OnnxGraph* graph) {
  constexpr double kFar = std::numeric_limits<double>::max();
  const std::size_t lines = from.size() - 1;
  std::vector<double> widths;
  std::vector<double> rises;
  for (std::size_t i = 0; i < lines; ++i) {
    widths.push_back(from[i + 1] - from[i]);
    rises.push_back(to[i + 1] - to[i]);
  }
  std::vector<double> least(lines, 0);
  std::vector<double> most(lines, 1);
  least.front() = -kFar;
  most.back() = kFar;
  const std::vector<Index> row = {1, static_cast<Index>(lines)};
  const std::string parts = graph->Node(
      "Div", {graph->Node("Sub", {x, graph->Doubles(row, from.first(lines))}),
              graph->Doubles(row, widths)});
  const std::string held = graph->Node(
      "Min", {graph->Node("Max", {parts, graph->Doubles(row, least)}),
              graph->Doubles(row, most)});
  const std::string sum = graph->Node(
      "ReduceSum", {graph->Node("Mul", {held, graph->Doubles(row, rises)}),
                    graph->Integers({1})});
  return graph->Node("Add", {sum, OnnxConstant(to[0], graph)});
}

// TargetCurve::Undo of a column.
std::string OnnxUndo(const TargetCurve& curve, const std::string& value,
                     OnnxGraph* graph) {
  const std::string held = graph->Node(
      "Min", {graph->Node("Max", {value, OnnxConstant(curve.low, graph)}),
              OnnxConstant(curve.high, graph)});
  const std::vector<double>& numbers = curve.numbers;
  if (curve.name == "quantile") {
    const std::size_t half = numbers.size() / 2;
    const std::span<const double> all = numbers;
    if (half > 1)
      return OnnxLines(all.last(half), all.first(half), held, graph);
    const std::string zero = graph->Node("Mul", {held, OnnxConstant(0, graph)});
    return graph->Node("Add", {zero, OnnxConstant(numbers[0], graph)});
  }
  if (curve.name != "box-cox" || numbers[0] == 0) {
    const bool is_box_cox = curve.name == "box-cox";
    const std::string log =
        is_box_cox ? graph->Node("Add", {held, OnnxConstant(numbers[1], graph)})
                   : held;
    const std::string label = graph->Node("Exp", {log});
    if (curve.name != "log1p") return label;
    return graph->Node("Sub", {label, OnnxConstant(1, graph)});
  }
  const std::string lambda = OnnxConstant(numbers[0], graph);
  const std::string power = graph->Node(
      "Add", {graph->Node("Mul", {held, lambda}), OnnxConstant(1, graph)});
  const std::string log =
      graph->Node("Div", {graph->Node("Log", {power}), lambda});
  return graph->Node(
      "Exp", {graph->Node("Add", {log, OnnxConstant(numbers[1], graph)})});
}

std::string OnnxUndoAll(const Task& task, Index per_column,
                        const std::string& values, OnnxGraph* graph) {
  if (task.curves.empty()) return values;
  std::vector<std::string> columns;
  for (const TargetCurve& curve : task.curves) {
    for (Index i = 0; i < per_column; ++i) {
      columns.push_back(OnnxUndo(
          curve, graph->Columns(values, std::ssize(columns), 1), graph));
    }
  }
  if (columns.size() == 1) return columns[0];
  return graph->Node("Concat", columns, {{"axis", Index{1}}});
}

// In double, as predictions are made: a mean may be large beside the deviation.
std::string OnnxToUnits(const Task& task, Index per_column,
                        const std::string& outputs, OnnxGraph* graph) {
  if (task.mean.empty()) {
    if (task.curves.empty()) return outputs;
    return graph->Cast(
        OnnxUndoAll(task, per_column, graph->Cast(outputs, OnnxType::kDouble),
                    graph),
        OnnxType::kFloat);
  }
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
  const std::string learned =
      graph->Node("Add", {scaled, graph->Doubles(shape, mean)});
  return graph->Cast(OnnxUndoAll(task, per_column, learned, graph),
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
    curves = task.get("curves", [])
    if not task["mean"] and not curves:
        return z
    columns = z.double().reshape(len(z), task["width"], -1)
    if task["mean"]:
        mean = torch.tensor(task["mean"], dtype=torch.float64)
        deviation = torch.tensor(task["deviation"], dtype=torch.float64)
        columns = columns * deviation[:, None] + mean[:, None]
    if curves:
        columns = torch.stack([undo_curve(c, columns[:, i])
                               for i, c in enumerate(curves)], 1)
    return columns.reshape(z.shape).to(z.dtype)


def undo_curve(curve, z):
    """What became of labels before they were learned, undone."""
    z = z.clamp(curve["low"], curve["high"])
    if curve["name"] == "log":
        return z.exp()
    if curve["name"] == "log1p":
        return z.expm1()
    numbers = torch.tensor(curve["numbers"], dtype=z.dtype)
    if curve["name"] == "box-cox":
        power, unit = numbers
        log = z if power == 0 else (z * power).log1p() / power
        return (log + unit).exp()
    y, s = numbers.reshape(2, -1)
    if len(y) == 1:
        return y.expand(z.shape)
    at = torch.searchsorted(s[1:-1].contiguous(), z.contiguous(), right=True)
    return y[at] + (z - s[at]) / (s[at + 1] - s[at]) * (y[at + 1] - y[at])
)";

constexpr std::string_view kPositiveTorch =
    R"(def link_positive(z, task):
    """The mean, whose log the network puts out."""
    return link_regression(torch.exp(z.clamp(max=50.0)), task)
)";

constexpr std::string_view kRankingTorch =
    R"(def link_ranking(z, task):
    """A score, which says an order and nothing else."""
    return link_regression(z, task)
)";

// The log of the risk, as it is.
std::string SurvivalLink(const Task& /*task*/, const std::string& outputs,
                         OnnxGraph* /*graph*/) {
  return outputs;
}

constexpr std::string_view kSurvivalTorch =
    R"(def link_survival(z, task):
    """The log of the risk, beside that of other rows."""
    return z
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

extern const HeadExport kRankingExport;
const HeadExport kRankingExport = {"ranking",     RegressionLink,  nullptr,
                                   kRankingTorch, RegressionKeras, {},
                                   "regression"};

extern const HeadExport kSurvivalExport;
const HeadExport kSurvivalExport = {"survival", SurvivalLink, nullptr,
                                    kSurvivalTorch, RegressionKeras};

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
