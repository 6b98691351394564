#include "interop/onnx_network.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "h5/atomic_file.h"
#include "interop/head_export.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

constexpr const char* kRows = "N";

// Bytes become what the network learned to read: (byte / 255 - mean) /
// deviation for each channel.
std::string AddPixels(const InputSpec& input, const std::string& bytes,
                      OnnxGraph* graph) {
  std::vector<Real> factors;
  std::vector<Real> terms;
  for (std::size_t i = 0; i < At(input.cols); ++i) {
    const double mean = input.mean.empty() ? 0 : input.mean[i];
    const double scale = input.deviation.empty() ? 1 : input.deviation[i];
    factors.push_back(static_cast<Real>(1 / (255 * scale)));
    terms.push_back(static_cast<Real>(-mean / scale));
  }
  const std::string pixels =
      graph->Reshape(graph->Cast(bytes, OnnxType::kFloat), {-1, input.cols});
  const std::vector<Index> shape = {input.cols};
  const std::string scaled = graph->Node(
      "Mul", {pixels, graph->Numbers(input.name + "/scale", shape, factors)});
  return graph->Node(
      "Add", {scaled, graph->Numbers(input.name + "/shift", shape, terms)});
}

OnnxBlock AddPreparedInput(const InputSpec& input, OnnxGraph* graph) {
  const BlockTraits& traits = TraitsOf(input.kind);
  const OnnxType type =
      traits.has_categories ? OnnxType::kInt64 : OnnxType::kFloat;
  const std::string count = input.name + ".count";
  switch (traits.rows) {
    case BlockRows::kBatch:
      break;
    case BlockRows::kPixels:
      return {graph->Input(input.name, OnnxType::kUint8,
                           {kRows, input.height, input.width, input.cols}),
              ""};
    case BlockRows::kTokens:
      return {traits.has_categories
                  ? graph->Input(input.name, type, {count})
                  : graph->Input(input.name, type, {count, input.cols}),
              graph->Input(input.name + ".starts", OnnxType::kInt64,
                           {Str(kRows, " + 1")})};
  }
  return {graph->Input(input.name, type, {kRows, input.cols}, input.columns),
          ""};
}

std::string TaskOutput(const Model& model, Index task, const std::string& value,
                       OnnxGraph* graph) {
  const OutputInfo& output = model.network->output(task);
  if (output.columns.count == model.network->info(output.value).cols) {
    return value;
  }
  return graph->Columns(value, output.columns.first, output.columns.count);
}

// What the members of an ensemble say together: the mean.
std::string Together(Index members, Index cols, const std::string& said,
                     OnnxGraph* graph) {
  if (members == 1) return said;
  return graph->Node("ReduceMean", {graph->Reshape(said, {-1, members, cols})},
                     {{"axes", std::vector<Index>{1}}, {"keepdims", Index{0}}});
}

}  // namespace

std::vector<OnnxBlock> AddPreparedBlocks(const std::vector<InputSpec>& blocks,
                                         OnnxGraph* graph) {
  std::vector<OnnxBlock> result;
  for (const InputSpec& block : blocks) {
    result.push_back(AddPreparedInput(block, graph));
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (TraitsOf(blocks[i].kind).rows != BlockRows::kPixels) continue;
    result[i].value = AddPixels(blocks[i], result[i].value, graph);
  }
  return result;
}

std::vector<std::string> AddOnnxNetwork(const Model& model,
                                        const std::vector<OnnxBlock>& blocks,
                                        OnnxGraph* graph) {
  const Network& network = *model.network;
  std::vector<std::string> values;  // by Value::id
  for (const OnnxBlock& block : blocks) values.push_back(block.value);
  values.resize(network.values().size());
  for (const Node& node : network.nodes()) {
    const ExportNode described = NodeOf(model, node);
    std::vector<std::string> x;
    for (const Value input : node.inputs) x.push_back(values[At(input.id)]);
    const Space& space = described.input_spaces[0];
    const OnnxLayer layer = {
        described, std::move(x),
        space.is_ragged() ? blocks[At(space.input)].starts : "", *graph};
    values[At(node.output.id)] = AddLayer(LayerExportOf(described).onnx, layer);
  }
  std::vector<std::string> outputs;
  for (Index task = 0; task < network.task_count(); ++task) {
    const Value value = network.output(task).value;
    outputs.push_back(TaskOutput(model, task, values[At(value.id)], graph));
  }
  return outputs;
}

Json AddOnnxOutputs(const Model& model, const std::vector<std::string>& outputs,
                    OnnxGraph* graph) {
  Json tasks = Json::array();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Task& task = model.schema.tasks[i];
    const HeadExport& head = HeadExportOf(task);
    const Index cols = task.prediction_cols();
    Json json = {{"task", task.name},
                 {"type", std::string(TaskTypeName(task.type))}};
    Json columns = Json::array();
    for (Index col = 0; col < cols; ++col) {
      columns.push_back(task.name + task.head().PredictionSuffix(task, col));
    }
    json["columns"] = std::move(columns);
    const std::string said =
        Together(model.network->members(static_cast<Index>(i)), cols,
                 head.onnx_link(task, outputs[i], graph), graph);
    const bool has_classes = task.traits().has_classes;
    const std::string name = has_classes ? task.name + ".prob" : task.name;
    json["predictions"] =
        graph->Output(name, OnnxType::kFloat, {kRows, cols}, said);
    if (has_classes) json["classes"] = task.classes;
    if (head.onnx_class != nullptr) {
      const std::string text = graph->Node(
          "Gather", {graph->Texts(task.classes), head.onnx_class(said, graph)},
          {{"axis", Index{0}}});
      json["class"] =
          graph->Output(task.name, OnnxType::kString, {kRows}, text);
    }
    tasks.push_back(std::move(json));
  }
  return tasks;
}

void WriteOnnx(OnnxGraph graph, const Model& model, const Json& tasks,
               const std::string& output) {
  graph.DropUnused();
  Json inputs = Json::array();
  for (const auto& [name, columns] : graph.inputs()) {
    Json input = {{"name", name}};
    if (!columns.empty()) input["columns"] = columns;
    inputs.push_back(std::move(input));
  }
  const ProtoMessage message =
      std::move(graph).Finish({{"mtlkit.inputs", JsonText(inputs)},
                               {"mtlkit.tasks", JsonText(tasks)},
                               {"mtlkit.model_sha256", model.content_sha256}});
  AtomicFile file(output);
  message.WriteTo([&](std::string_view bytes) { file.Write(bytes); });
  file.Commit();
}

}  // namespace mtlkit
