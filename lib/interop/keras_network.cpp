#include "interop/keras_network.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/schema.h"
#include "interop/head_export.h"
#include "interop/layer_export.h"

namespace mtlkit {
namespace {

// An input block inside a Keras model.
struct KerasBlock {
  std::string value;
  std::vector<std::string> codes;  // categorical: a value a column
  Json inputs = Json::array();     // what the metadata says of them
};

KerasBlock AddKerasImage(const InputSpec& block, KerasGraph* graph) {
  std::vector<double> scale;
  std::vector<double> offset;
  for (std::size_t i = 0; i < At(block.cols); ++i) {
    const double mean = block.mean.empty() ? 0 : block.mean[i];
    const double deviation = block.deviation.empty() ? 1 : block.deviation[i];
    scale.push_back(1 / (255 * deviation));
    offset.push_back(-mean / deviation);
  }
  const std::vector<Index> shape = {block.height, block.width, block.cols};
  const std::vector<Index> pixels = {block.height * block.width, block.cols};
  KerasBlock result;
  const std::string bytes = graph->Input(block.name, shape, "uint8");
  const std::string scaled = graph->Add({.type = "Rescaling",
                                         .name = block.name + ".scaled",
                                         .inputs = {bytes},
                                         .shape = shape},
                                        {{"scale", scale}, {"offset", offset}});
  result.value = graph->Add({.type = "Reshape",
                             .name = block.name + ".pixels",
                             .inputs = {scaled},
                             .shape = pixels},
                            {{"target_shape", pixels}});
  result.inputs.push_back({{"name", bytes}, {"block", block.name}});
  return result;
}

KerasBlock AddKerasBlock(const InputSpec& block, KerasGraph* graph) {
  const BlockTraits& traits = TraitsOf(block.kind);
  if (traits.rows == BlockRows::kPixels) return AddKerasImage(block, graph);
  if (traits.rows == BlockRows::kTokens) {
    Fail(ErrorKind::kUsage,
         Str("input '", block.name, "' is ",
             traits.has_categories ? "texts" : EntryOf(block.kind).contents,
             ", which cannot go in: Keras has no rows of different lengths"),
         "use --to onnx or --to torch");
  }
  KerasBlock result;
  if (!traits.has_categories) {
    result.value = graph->Input(block.name, {block.cols}, "float32");
    result.inputs.push_back({{"name", result.value}, {"block", block.name}});
    return result;
  }
  for (Index i = 0; i < block.cols; ++i) {
    const std::string column = ColumnName(block, i);
    result.codes.push_back(graph->Input(column, {}, "int32"));
    result.inputs.push_back({{"name", result.codes.back()},
                             {"block", block.name},
                             {"column", column}});
  }
  return result;
}

class KerasNetwork {
 public:
  KerasNetwork(const Model& model, KerasGraph* graph)
      : model_(model), network_(*model.network), graph_(*graph) {}

  Json Run() {
    Json inputs = Json::array();
    for (const InputSpec& block : model_.schema.inputs) {
      blocks_.push_back(AddKerasBlock(block, &graph_));
      values_.push_back(blocks_.back().value);
      for (const Json& input : blocks_.back().inputs) inputs.push_back(input);
    }
    values_.resize(network_.values().size());
    for (const Node& node : network_.nodes()) AddNode(node);
    Json tasks = Json::array();
    for (Index task = 0; task < network_.task_count(); ++task) {
      tasks.push_back(AddTaskOutput(task));
    }
    return {{"inputs", std::move(inputs)},
            {"tasks", std::move(tasks)},
            {"parameters", graph_.Parameters()},
            {"model_sha256", model_.content_sha256}};
  }

 private:
  void AddNode(const Node& node) {
    const ExportNode described = NodeOf(model_, node);
    if (node.params_of != node.name) {
      RefuseNode(described,
                 Str("it uses the parameters of layer '", node.params_of,
                     "'; each layer has its own in this file"));
    }
    std::vector<std::string> x;
    for (const Value input : node.inputs) x.push_back(values_[At(input.id)]);
    const Index block = network_.info(node.inputs.front()).input;
    const KerasLayer layer = {
        described, std::move(x),
        block >= 0 ? blocks_[At(block)].codes : std::vector<std::string>(),
        graph_};
    values_[At(node.output.id)] =
        AddLayer(LayerExportOf(described).keras, layer);
  }

  Json AddTaskOutput(Index number) {
    const Task& task = model_.schema.tasks[At(number)];
    const OutputInfo& output = network_.output(number);
    std::string value = values_[At(output.value.id)];
    const ColumnRange columns = output.columns;
    if (columns.count != network_.info(output.value).cols) {
      value = graph_.Columns(value, columns.first, columns.count,
                             "columns." + task.name);
    }
    const HeadExport& head = HeadExportOf(task);
    Require(head.keras != nullptr, ErrorKind::kUsage,
            Str("task '", task.name, "' cannot go in: ", head.keras_reason),
            "use --to onnx or --to torch");
    Require(task.curves.empty(), ErrorKind::kUsage,
            Str("task '", task.name,
                "': Keras has no layer that undoes the target transform '",
                task.curves.empty() ? "" : task.curves[0].name, "'"),
            "use --to onnx or --to torch");
    graph_.Output(task.name,
                  AddPredictions(task, network_.members(number), head, value));
    Json json = {{"task", task.name},
                 {"type", std::string(TaskTypeName(task.type))}};
    if (task.is_classification()) json["classes"] = task.classes;
    Json names = Json::array();
    for (Index col = 0; col < task.prediction_cols(); ++col) {
      names.push_back(task.name + task.head().PredictionSuffix(task, col));
    }
    json["columns"] = std::move(names);
    return json;
  }

  // Of an ensemble the mean of what its members say.
  std::string AddPredictions(const Task& task, Index members,
                             const HeadExport& head, const std::string& value) {
    if (members == 1) return head.keras(task, value, &graph_);
    Task of_members = task;
    of_members.name += ".members";
    return graph_.Add({.type = "GlobalAveragePooling1D",
                       .name = task.name,
                       .inputs = {head.keras(of_members, value, &graph_)},
                       .shape = {task.prediction_cols()}},
                      Json::object());
  }

  const Model& model_;
  const Network& network_;
  KerasGraph& graph_;
  std::vector<KerasBlock> blocks_;
  std::vector<std::string> values_;  // by Value::id
};

}  // namespace

Json AddKerasNetwork(const Model& model, KerasGraph* graph) {
  return KerasNetwork(model, graph).Run();
}

KerasArrayNames KerasNamesOf(const Model& model) {
  KerasGraph graph;
  try {
    (void)AddKerasNetwork(model, &graph);
  } catch (const Error& error) {
    // Names of what goes in before the refusal are those of a like model.
    if (error.kind() != ErrorKind::kUsage) throw;
  }
  return graph.ArrayNames();
}

}  // namespace mtlkit
