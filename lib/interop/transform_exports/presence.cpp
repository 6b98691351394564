#include "data/presence.h"
#include "data/schema.h"
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// How many cells of a block each row lacks.
std::string CountLacking(const OnnxStep& step, std::size_t block) {
  OnnxGraph& graph = step.graph;
  const bool is_coded = step.before[block].kind == InputKind::kCategorical;
  const std::string lacks =
      is_coded ? graph.Node("Less", {step.values[block], graph.Integer(0)})
               : graph.Node("IsNaN", {step.values[block]});
  return graph.Node(
      "ReduceSum", {graph.Cast(lacks, OnnxType::kDouble), graph.Integers({1})});
}

// A row has a view of which it does not lack every cell.
std::vector<std::string> PresenceNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values = step.values;
  for (std::size_t made = values.size(); made < step.after.size(); ++made) {
    const std::string view = ViewMarkedBy(step.after[made].name);
    std::string lacking;
    Index cells = 0;
    for (std::size_t i = 0; i < step.before.size(); ++i) {
      if (ViewOf(step.before[i].name) != view) continue;
      const std::string own = CountLacking(step, i);
      lacking = lacking.empty() ? own : graph.Node("Add", {lacking, own});
      cells += step.before[i].cols;
    }
    const std::vector<double> all = {static_cast<double>(cells)};
    values.push_back(
        graph.Cast(graph.Node("Less", {lacking, graph.Doubles({1, 1}, all)}),
                   OnnxType::kDouble));
  }
  return values;
}

}  // namespace

extern const TransformExport kPresenceExport;
const TransformExport kPresenceExport = {"presence", PresenceNodes};

}  // namespace mtlkit
