// ONNX from prepared blocks: the network, its links and the names of classes.
#include <nlohmann/json.hpp>
#include <utility>

#include "interop/export_format.h"
#include "interop/onnx_network.h"

namespace mtlkit {
namespace {

void WriteOnnxPrepared(const Model& model, const std::string& output) {
  OnnxGraph graph;
  const std::vector<OnnxBlock> blocks =
      AddPreparedBlocks(model.schema.inputs, &graph);
  const Json tasks =
      AddOnnxOutputs(model, AddOnnxNetwork(model, blocks, &graph), &graph);
  WriteOnnx(std::move(graph), model, tasks, output);
}

}  // namespace

extern const ExportFormat kOnnxPreparedFormat;
const ExportFormat kOnnxPreparedFormat = {
    "onnx-prepared",
    "ONNX (opset 17) from the blocks that mtl-prep makes to probabilities, "
    "names of classes and numbers in units",
    false, ".onnx", WriteOnnxPrepared};

}  // namespace mtlkit
