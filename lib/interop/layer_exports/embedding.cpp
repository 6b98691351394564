#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

// -1, a word never seen, counts from the end: the last row is for such words,
// as it is here.
std::string EmbeddingToOnnx(const OnnxLayer& layer) {
  const Index tables = std::ssize(layer.node.params);
  std::vector<std::string> rows;
  for (Index i = 0; i < tables; ++i) {
    std::string codes = layer.x[0];
    if (layer.node.input_kind != InputKind::kTokens) {
      codes = layer.Node("Gather", {codes, layer.graph.Integer(i)},
                         {{"axis", Index{1}}});
    }
    rows.push_back(
        layer.Node("Gather", {layer.Matrix(i), codes}, {{"axis", Index{0}}}));
  }
  return tables == 1 ? rows[0]
                     : layer.Node("Concat", rows, {{"axis", Index{1}}});
}

std::string EmbeddingToTorch(const TorchLayer& layer) {
  const ExportNode& node = layer.node;
  std::vector<std::string> tables;
  std::vector<std::string> rows;
  for (const ExportArray& array : node.params) {
    tables.push_back(
        Str("nn.Embedding(", array.values.rows, ", ", array.values.cols, ")"));
  }
  const std::string module =
      layer.Make(Str("nn.ModuleList([", Join(tables, ", "), "])"));
  for (std::size_t i = 0; i < node.params.size(); ++i) {
    const std::string column =
        node.input_kind == InputKind::kTokens ? "" : Str("[:, ", i, "]");
    // -1 becomes the last code.
    rows.push_back(Str(module, "[", i, "](", layer.x[0], column, ".remainder(",
                       node.params[i].values.rows, "))"));
  }
  return rows.size() == 1 ? rows[0]
                          : Str("torch.cat([", Join(rows, ", "), "], 1)");
}

// A value a column: Keras gathers a vector for each number of one input.
std::string EmbeddingToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < node.params.size(); ++i) {
    const ConstMatView table = node.params[i].values;
    rows.push_back(
        layer.Add("Embedding", {layer.codes[i]}, {table.cols},
                  {{"input_dim", table.rows}, {"output_dim", table.cols}},
                  {KerasArrayOf(node.params[i], false)}, Str(".", i)));
  }
  if (rows.size() == 1) return rows[0];
  return layer.Add("Concatenate", rows, {node.cols}, {{"axis", -1}});
}

}  // namespace

extern const LayerExport kEmbeddingExport;
const LayerExport kEmbeddingExport = {.name = "embedding",
                                      .onnx = {EmbeddingToOnnx},
                                      .torch = {EmbeddingToTorch},
                                      .keras = {EmbeddingToKeras}};

}  // namespace mtlkit
