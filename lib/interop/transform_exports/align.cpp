#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// (x - mean) map, in double; what is missing counts as the mean.
std::vector<std::string> AlignNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = step.before[i].name;
    const auto map = step.record.arrays.find(name + ".map");
    if (map == step.record.arrays.end()) continue;
    const std::string mean = step.Row(name + ".mean");
    const std::string known = graph.Node(
        "Where", {graph.Node("IsNaN", {values[i]}), mean, values[i]});
    const Index cols = step.before[i].cols;
    values[i] = graph.Node(
        "MatMul",
        {graph.Node("Sub", {known, mean}),
         graph.Doubles({cols, std::ssize(map->second) / cols}, map->second)});
  }
  return values;
}

}  // namespace

extern const TransformExport kAlignExport;
const TransformExport kAlignExport = {"align", AlignNodes};

}  // namespace mtlkit
