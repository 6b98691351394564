#include "nn/graph.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {
namespace {

constexpr std::string_view kInput = "input:";
// More than any network has; bounds the work of reading a damaged graph.
constexpr std::size_t kMostLayers = 20'000;
constexpr std::size_t kMostEdges = 10'000'000;
// Of all layers together, for one row.
constexpr Index kMostColumns = Index{1} << 24;
constexpr Index kMostParameters = Index{1} << 40;

void RequireGraph(bool holds, const std::string& message) {
  Require(holds, ErrorKind::kBadInput, message,
          "the model file is damaged, or from another version");
}

std::string NameOf(const Network& network, const Schema& schema, Value value) {
  const ValueInfo& info = network.info(value);
  if (info.node >= 0) return network.node(info.node).name;
  return Str(kInput, schema.inputs[At(info.input)].name);
}

Json LayerJson(const Network& network, const Schema& schema, const Node& node) {
  Json json = {{"name", node.name}, {"kind", std::string(node.layer->kind())}};
  json["inputs"] = Json::array();
  for (const Value input : node.inputs) {
    json["inputs"].push_back(NameOf(network, schema, input));
  }
  json["options"] = Json::object();
  JsonWriter writer(&json["options"], true);
  node.layer->Describe(writer);
  if (node.params_of != node.name) json["params_of"] = node.params_of;
  return json;
}

Json PenaltyJson(const Layout& layout, const ParamPenalty& penalty) {
  Json groups = Json::array();
  for (const std::vector<Index>& group : penalty.groups) {
    Json& names = groups.emplace_back(Json::array());
    for (const Index slice : group) names.push_back(layout.slice(slice).name);
  }
  return {{"kind", std::string(PenaltyKindName(penalty.kind))},
          {"strength", penalty.strength},
          {"groups", std::move(groups)}};
}

// A member of an object, of a type.
template <class T>
T Get(const Json& json, const char* key, const std::string& where) {
  RequireGraph(json.is_object() && json.contains(key),
               Str(where, ": no '", key, "'"));
  RequireGraph(!std::is_same_v<T, Index> || json.at(key).is_number_integer(),
               Str(where, ": '", key, "' is no whole number"));
  try {
    return json.at(key).get<T>();
  } catch (const Json::exception&) {
    RequireGraph(false, Str(where, ": '", key, "' has the wrong type"));
    throw;
  }
}

void RequireKeys(const Json& json, const std::set<std::string>& known,
                 const std::string& where) {
  for (const auto& item : json.items()) {
    RequireGraph(known.count(item.key()) > 0,
                 Str(where, ": unknown key '", item.key(), "'"));
  }
}

// Adds the layers of a graph to a builder, one by one.
class GraphReader {
 public:
  GraphReader(const Json& graph, const Schema& schema)
      : graph_(graph),
        schema_(schema),
        builder_(schema.inputs, static_cast<Index>(schema.tasks.size())) {
    for (std::size_t i = 0; i < schema.inputs.size(); ++i) {
      values_[Str(kInput, schema.inputs[i].name)] =
          builder_.Input(static_cast<Index>(i));
    }
  }

  Network Read() && {
    RequireGraph(graph_.is_object(), "it is not an object");
    RequireKeys(graph_, {"layers", "outputs", "penalties"}, "it");
    const Json& layers = List("layers");
    RequireGraph(layers.size() <= kMostLayers,
                 Str("it has ", layers.size(), " layers"));
    for (const Json& layer : layers) ReadLayer(layer);
    ReadOutputs();
    ReadPenalties();
    Network network = std::move(builder_).Build();
    for (const Node& node : network.nodes()) {
      RequireGraph(!network.info(node.output).tasks.empty(),
                   Str("layer '", node.name, "' leads to no output"));
    }
    return network;
  }

 private:
  const Json& List(const char* key) const {
    RequireGraph(graph_.contains(key) && graph_.at(key).is_array(),
                 Str("no list '", key, "'"));
    return graph_.at(key);
  }

  void ReadLayer(const Json& json) {
    const auto name = Get<std::string>(json, "name", "a layer");
    const std::string where = Str("layer '", name, "'");
    RequireGraph(!name.empty() && !name.starts_with(kInput),
                 where + " has an impossible name");
    RequireKeys(json, {"name", "kind", "inputs", "options", "params_of"},
                where);
    const LayerEntry& entry = FindEntry(LayerEntries(), "layer",
                                        Get<std::string>(json, "kind", where));
    const std::vector<Value> inputs = Inputs(json, entry, where);
    RequireGraph(json.contains("options"), where + ": no 'options'");
    const LayerPtr layer = entry.read(json.at("options"), where);
    InContext(where, [&] { CheckBlocks(*layer, inputs); });
    RequireSizes(*layer, inputs, where);
    const std::string params_of =
        json.contains("params_of") ? Get<std::string>(json, "params_of", where)
                                   : "";
    RequireGraph(values_.count(name) == 0, where + " is there twice");
    values_[name] = builder_.Add(name, layer, inputs, params_of);
  }

  std::vector<Value> Inputs(const Json& json, const LayerEntry& entry,
                            const std::string& where) {
    const auto names = Get<std::vector<std::string>>(json, "inputs", where);
    const auto count = static_cast<Index>(names.size());
    RequireGraph(count >= entry.least_inputs &&
                     (entry.most_inputs == 0 || count <= entry.most_inputs),
                 Str(where, " has ", count, " inputs"));
    edges_ += names.size();
    RequireGraph(edges_ <= kMostEdges, "its layers have too many inputs");
    std::vector<Value> inputs;
    for (const std::string& input : names) {
      const auto found = values_.find(input);
      RequireGraph(found != values_.end(),
                   Str(where, " reads '", input, "', which is not before it"));
      inputs.push_back(found->second);
    }
    return inputs;
  }

  void CheckBlocks(const Layer& layer, const std::vector<Value>& inputs) const {
    InputSpec numbers;
    numbers.name = "a layer";
    for (const Value input : inputs) {
      // Values of input blocks come first, in their order.
      const bool is_block = input.id < std::ssize(schema_.inputs);
      layer.CheckBlock(is_block ? schema_.inputs[At(input.id)] : numbers);
    }
  }

  // Before anything is multiplied or made.
  void RequireSizes(const Layer& layer, const std::vector<Value>& inputs,
                    const std::string& where) {
    std::vector<Index> cols;
    for (const Value input : inputs) cols.push_back(builder_.Cols(input));
    const Index output =
        InContext(where, [&] { return layer.OutputCols(cols); });
    RequireGraph(output >= 1 && output <= kMostColumns - columns_,
                 Str(where, " has ", output, " columns"));
    columns_ += output;
    for (const ParamSpec& spec : layer.Params(cols)) {
      RequireGraph(
          spec.rows >= 1 && spec.cols >= 1 &&
              spec.rows <= kMostParameters / spec.cols,
          Str(where, " has a parameter of ", spec.rows, " x ", spec.cols));
      parameters_ += spec.rows * spec.cols;
    }
    RequireGraph(parameters_ <= kMostParameters,
                 "it has more parameters than any network");
  }

  void ReadOutputs() {
    const Json& outputs = List("outputs");
    RequireGraph(outputs.size() == schema_.tasks.size(),
                 Str("it has ", outputs.size(), " outputs for ",
                     schema_.tasks.size(), " tasks"));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Task& task = schema_.tasks[i];
      const std::string where = Str("the output of task '", task.name, "'");
      RequireKeys(outputs[i], {"layer", "first", "columns"}, where);
      const auto layer = Get<std::string>(outputs[i], "layer", where);
      const auto found = values_.find(layer);
      RequireGraph(found != values_.end() && !layer.starts_with(kInput),
                   Str(where, " is of '", layer, "', which is no layer"));
      const auto first = Get<Index>(outputs[i], "first", where);
      const auto count = Get<Index>(outputs[i], "columns", where);
      const Index cols = builder_.Cols(found->second);
      RequireGraph(
          count == task.output_cols() && first >= 0 && first <= cols - count,
          Str(where, " is ", count, " columns from ", first, " of ", cols, "; ",
              task.output_cols(), " are needed"));
      builder_.Output(static_cast<Index>(i), found->second, first, count);
    }
  }

  void ReadPenalties() {
    if (!graph_.contains("penalties")) return;
    const Json& penalties = List("penalties");
    for (const Json& penalty : penalties) {
      RequireKeys(penalty, {"kind", "strength", "groups"}, "a penalty");
      builder_.Penalize(
          ParsePenaltyKind(Get<std::string>(penalty, "kind", "a penalty")),
          Get<double>(penalty, "strength", "a penalty"),
          Get<std::vector<std::vector<std::string>>>(penalty, "groups",
                                                     "a penalty"));
    }
  }

  const Json& graph_;
  const Schema& schema_;
  NetworkBuilder builder_;
  std::map<std::string, Value> values_;
  std::size_t edges_ = 0;
  Index columns_ = 0;
  Index parameters_ = 0;
};

}  // namespace

Json GraphOf(const Network& network, const Schema& schema) {
  Json layers = Json::array();
  for (const Node& node : network.nodes()) {
    layers.push_back(LayerJson(network, schema, node));
  }
  Json outputs = Json::array();
  for (Index task = 0; task < network.task_count(); ++task) {
    const OutputInfo& output = network.output(task);
    outputs.push_back({{"layer", NameOf(network, schema, output.value)},
                       {"first", output.columns.first},
                       {"columns", output.columns.count}});
  }
  Json graph = {{"layers", std::move(layers)}, {"outputs", std::move(outputs)}};
  for (const ParamPenalty& penalty : network.penalties()) {
    graph["penalties"].push_back(PenaltyJson(*network.weights(), penalty));
  }
  return graph;
}

Network NetworkOf(const Json& graph, const Schema& schema) {
  try {
    return GraphReader(graph, schema).Read();
  } catch (const Error& error) {
    // Layers and options report a user's mistake; here the file is wrong.
    throw Error(ErrorKind::kBadInput, "graph: " + error.message(),
                error.hint());
  }
}

}  // namespace mtlkit
