// Steps that change numbers in their places: everything in double.
#include "data/schema.h"
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// Calls change(block, value) for the blocks of numbers.
template <class Change>
std::vector<std::string> ChangeDense(const OnnxStep& step, Change change) {
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (step.before[i].kind != InputKind::kDense) continue;
    values[i] = change(step.before[i], values[i]);
  }
  return values;
}

// f(|x|) with the sign of x, of the columns that are marked.
template <class F>
std::vector<std::string> SignedNodes(const OnnxStep& step, F f) {
  OnnxGraph& graph = step.graph;
  return ChangeDense(step, [&](const InputSpec& block, const std::string& x) {
    const std::vector<double> zeros = {0};
    const std::string all =
        graph.Node("Mul", {graph.Node("Sign", {x}), f(graph.Node("Abs", {x}))});
    const std::string chosen = graph.Node(
        "Greater", {step.Row(block.name), graph.Doubles({1}, zeros)});
    return graph.Node("Where", {chosen, all, x});
  });
}

std::vector<std::string> LogNodes(const OnnxStep& step) {
  const std::vector<double> ones = {1};
  return SignedNodes(step, [&](const std::string& size) {
    return step.graph.Node(
        "Log", {step.graph.Node("Add", {size, step.graph.Doubles({1}, ones)})});
  });
}

std::vector<std::string> RootNodes(const OnnxStep& step) {
  return SignedNodes(step, [&](const std::string& size) {
    return step.graph.Node("Sqrt", {size});
  });
}

// What is missing stays so: it is neither below nor above.
std::string Held(const OnnxStep& step, const InputSpec& block,
                 const std::string& x) {
  OnnxGraph& graph = step.graph;
  const std::string low = step.Row(block.name + ".low");
  const std::string high = step.Row(block.name + ".high");
  const std::string above =
      graph.Node("Where", {graph.Node("Greater", {x, high}), high, x});
  return graph.Node("Where", {graph.Node("Less", {x, low}), low, above});
}

std::vector<std::string> ClipNodes(const OnnxStep& step) {
  return ChangeDense(step, [&](const InputSpec& block, const std::string& x) {
    return Held(step, block, x);
  });
}

// Numbers, and behind them how far each is through each piece of its range.
std::vector<std::string> PiecesNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  return ChangeDense(step, [&](const InputSpec& block, const std::string& x) {
    std::vector<Index> columns;
    std::vector<double> lows;
    std::vector<double> widths;
    const std::vector<double>& edges = step.Array(block.name + ".edges");
    std::size_t at = 0;
    Index column = 0;
    for (const double count : step.Array(block.name + ".counts")) {
      for (std::size_t i = 1; i < static_cast<std::size_t>(count); ++i) {
        columns.push_back(column);
        lows.push_back(edges[at + i - 1]);
        widths.push_back(edges[at + i] - edges[at + i - 1]);
      }
      at += static_cast<std::size_t>(count);
      ++column;
    }
    if (columns.empty()) return x;
    const std::vector<Index> shape = {1, std::ssize(columns)};
    const std::vector<double> zero = {0};
    const std::vector<double> one = {1};
    const std::string own = graph.Node("Gather", {x, graph.Integers(columns)},
                                       {{"axis", Index{1}}});
    const std::string part =
        graph.Node("Div", {graph.Node("Sub", {own, graph.Doubles(shape, lows)}),
                           graph.Doubles(shape, widths)});
    const std::string clipped = graph.Node(
        "Clip", {part, graph.Doubles({}, zero), graph.Doubles({}, one)});
    return graph.Node("Concat", {x, clipped}, {{"axis", Index{1}}});
  });
}

// Within the bounds of a scale, where it has some.
std::string HeldByScale(const OnnxStep& step, const InputSpec& block,
                        const std::string& x) {
  const bool has = step.record.arrays.count(block.name + ".low") > 0;
  return has ? Held(step, block, x) : x;
}

// (x - shift) / scale; sparse blocks, where they have a scale, over it alone,
// so that zeros stay.
std::vector<std::string> ScaleNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values =
      ChangeDense(step, [&](const InputSpec& block, const std::string& x) {
        return graph.Node("Div",
                          {graph.Node("Sub", {HeldByScale(step, block, x),
                                              step.Row(block.name + ".shift")}),
                           step.Row(block.name + ".scale")});
      });
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string scale = step.before[i].name + ".scale";
    if (step.before[i].kind != InputKind::kSparse ||
        step.record.arrays.count(scale) == 0) {
      continue;
    }
    const std::string held = HeldByScale(
        step, step.before[i], graph.Cast(values[i], OnnxType::kDouble));
    values[i] = graph.Cast(graph.Node("Div", {held, step.Row(scale)}),
                           OnnxType::kFloat);
  }
  return values;
}

}  // namespace

extern const TransformExport kLogExport;
const TransformExport kLogExport = {"log", LogNodes};
extern const TransformExport kRootExport;
const TransformExport kRootExport = {"root", RootNodes};
extern const TransformExport kClipExport;
const TransformExport kClipExport = {"clip", ClipNodes};
extern const TransformExport kPiecesExport;
const TransformExport kPiecesExport = {"pieces", PiecesNodes};
extern const TransformExport kStandardExport;
const TransformExport kStandardExport = {"standard", ScaleNodes};
extern const TransformExport kRobustExport;
const TransformExport kRobustExport = {"robust", ScaleNodes};
extern const TransformExport kMinMaxExport;
const TransformExport kMinMaxExport = {"minmax", ScaleNodes};
extern const TransformExport kMaxAbsExport;
const TransformExport kMaxAbsExport = {"max-abs", ScaleNodes};

}  // namespace mtlkit
