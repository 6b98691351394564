// ONNX from the columns of a raw table: the preparation that was fitted, then
// the network, its links and the names of classes.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/registry.h"
#include "interop/export_format.h"
#include "interop/onnx_network.h"
#include "interop/transform_export.h"
#include "prep/transform.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

struct RawTable {
  std::vector<InputSpec> specs;
  std::vector<std::string> values;
};

RawTable AddPreparation(const Model& model, OnnxGraph* graph) {
  RawTable table;
  for (const TransformRecord& record : model.transforms) {
    const TransformExport& way =
        FindEntry(TransformExports(), "export of the step", record.name);
    Require(way.onnx != nullptr, ErrorKind::kUsage,
            Str("the step '", record.name,
                "' of the preparation cannot go "
                "in: ",
                way.reason),
            "--to onnx-prepared begins behind the preparation");
    // The first step says which columns there are.
    const bool is_first = table.specs.empty();
    const auto selection = ReadSelection(record);
    Require(!is_first || selection.has_value(), ErrorKind::kBadInput,
            Str("the preparation begins with '", record.name,
                "', which does not say which columns there were"),
            "use --to onnx-prepared");
    const std::vector<InputSpec> blocks =
        is_first ? selection->blocks
                 : MakeTransform(record)->Specs(table.specs);
    table.values = way.onnx(
        {record, table.specs, blocks, std::move(table.values), *graph});
    table.specs = blocks;
  }
  return table;
}

// The blocks that the network reads; those that preparation leaves alone,
// images and texts, are inputs as they are.
std::vector<OnnxBlock> BlocksBehind(const RawTable& table, const Model& model,
                                    OnnxGraph* graph) {
  std::vector<OnnxBlock> blocks;
  for (const InputSpec& input : model.schema.inputs) {
    const auto made =
        std::ranges::find(table.specs, input.name, &InputSpec::name);
    if (made == table.specs.end()) {
      blocks.push_back(AddPreparedBlocks({input}, graph).front());
      continue;
    }
    const auto at = static_cast<std::size_t>(made - table.specs.begin());
    const bool is_dense = input.kind == InputKind::kDense;
    blocks.push_back({is_dense ? graph->Cast(table.values[at], OnnxType::kFloat)
                               : table.values[at],
                      ""});
  }
  return blocks;
}

void WriteOnnxTable(const Model& model, const std::string& output) {
  Require(!model.transforms.empty(), ErrorKind::kUsage,
          "the model was trained on rows that mtl-prep did not make, so "
          "nothing is known of raw columns",
          "use --to onnx-prepared");
  OnnxGraph graph;
  const RawTable table = AddPreparation(model, &graph);
  const std::vector<OnnxBlock> blocks = BlocksBehind(table, model, &graph);
  const Json tasks =
      AddOnnxOutputs(model, AddOnnxNetwork(model, blocks, &graph), &graph);
  WriteOnnx(std::move(graph), model, tasks, output);
}

}  // namespace

extern const ExportFormat kOnnxTableFormat;
const ExportFormat kOnnxTableFormat = {
    "onnx",
    "ONNX (opset 17) from raw columns, an input each: what is missing, scales "
    "and categories inside, to probabilities, names of classes and numbers in "
    "units",
    false, ".onnx", WriteOnnxTable};

}  // namespace mtlkit
