#include "interop/chosen_export.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace mtlkit {

std::vector<Index> ChosenColumnsOf(const ExportNode& node) {
  return node.options->at("columns").get<std::vector<Index>>();
}

Index ChosenCountOf(const ExportNode& node) {
  const std::vector<Index> columns = ChosenColumnsOf(node);
  return columns.empty() ? node.input_cols[0] : std::ssize(columns);
}

std::string ChosenToOnnx(const OnnxLayer& layer) {
  const std::vector<Index> columns = ChosenColumnsOf(layer.node);
  if (columns.empty()) return layer.x[0];
  return layer.Node("Gather", {layer.x[0], layer.graph.Integers(columns)},
                    {{"axis", Index{1}}});
}

std::string ChosenToTorch(const TorchLayer& layer) {
  std::vector<std::string> columns;
  for (const Index column : ChosenColumnsOf(layer.node)) {
    columns.push_back(std::to_string(column));
  }
  if (columns.empty()) return layer.x[0];
  return Str(layer.x[0], "[:, [", Join(columns, ", "), "]]");
}

// Runs of columns, side by side.
std::string ChosenToKeras(const KerasLayer& layer) {
  const std::vector<Index> columns = ChosenColumnsOf(layer.node);
  if (columns.empty()) return layer.x[0];
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < columns.size();) {
    std::size_t end = i + 1;
    while (end < columns.size() && columns[end] == columns[end - 1] + 1) ++end;
    runs.push_back(
        layer.graph.Columns(layer.x[0], columns[i], static_cast<Index>(end - i),
                            Str(layer.node.name, ".columns", runs.size())));
    i = end;
  }
  if (runs.size() == 1) return runs[0];
  return layer.Add("Concatenate", runs, {std::ssize(columns)}, {{"axis", -1}},
                   {}, ".chosen");
}

}  // namespace mtlkit
