#include <cmath>
#include <limits>

#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// Columns that are left alone are filled with what is missing.
std::vector<double> FillsOf(const OnnxStep& step, const InputSpec& block,
                            double missing) {
  std::vector<double> fills = step.Array(block.name);
  const auto keeps = step.record.arrays.find(block.name + ".keeps");
  for (std::size_t i = 0; i < fills.size(); ++i) {
    if (keeps != step.record.arrays.end() && keeps->second[i] > 0) {
      fills[i] = missing;
    }
  }
  return fills;
}

// Numbers, and behind them which of the marked columns were missing.
std::string WithIndicators(const OnnxStep& step, const InputSpec& block,
                           const std::string& missing,
                           const std::string& filled) {
  const auto marks = step.record.arrays.find(block.name + ".marks");
  if (marks == step.record.arrays.end()) return filled;
  std::vector<Index> marked;
  for (std::size_t i = 0; i < marks->second.size(); ++i) {
    if (marks->second[i] > 0) marked.push_back(static_cast<Index>(i));
  }
  if (marked.empty()) return filled;
  const std::string own = step.graph.Node(
      "Gather", {missing, step.graph.Integers(marked)}, {{"axis", Index{1}}});
  return step.graph.Node("Concat",
                         {filled, step.graph.Cast(own, OnnxType::kDouble)},
                         {{"axis", Index{1}}});
}

std::vector<std::string> ImputeNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const InputSpec& block = step.before[i];
    const std::vector<Index> shape = {1, block.cols};
    if (block.kind == InputKind::kDense) {
      const std::vector<double> fills =
          FillsOf(step, block, std::numeric_limits<double>::quiet_NaN());
      const std::string missing = graph.Node("IsNaN", {values[i]});
      values[i] = WithIndicators(
          step, block, missing,
          graph.Node("Where",
                     {missing, graph.Doubles(shape, fills), values[i]}));
    } else if (block.kind == InputKind::kCategorical) {
      const std::vector<double> fills = FillsOf(step, block, -1);
      const std::string codes =
          graph.Cast(graph.Doubles(shape, fills), OnnxType::kInt64);
      values[i] = graph.Node(
          "Where", {graph.Node("Less", {values[i], graph.Integer(0)}), codes,
                    values[i]});
    }
  }
  return values;
}

}  // namespace

extern const TransformExport kImputeExport;
const TransformExport kImputeExport = {"impute", ImputeNodes};

}  // namespace mtlkit
