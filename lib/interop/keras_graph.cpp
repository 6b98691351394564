#include "interop/keras_graph.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/plain_image.h"
#include "interop/keras_names.h"

namespace mtlkit {
namespace {

// With the batch, whose size is not known, in front.
Json BatchShape(const std::vector<Index>& shape) {
  Json json = Json::array({nullptr});
  for (const Index length : shape) json.push_back(length);
  return json;
}

}  // namespace

std::string KerasGraph::Add(KerasSpec spec, const Json& options) {
  spec.name = names_.Take(CleanIdentifier(spec.name));
  at_[spec.name] = layers_.size();
  layers_.push_back({std::move(spec), DumpJson(options)});
  return layers_.back().spec.name;
}

std::string KerasGraph::Input(std::string_view wanted, std::vector<Index> shape,
                              const std::string& dtype) {
  const Json options = {{"batch_shape", BatchShape(shape)}};
  return Add({.type = "InputLayer",
              .name = std::string(wanted),
              .shape = std::move(shape),
              .dtype = dtype},
             options);
}

std::string KerasGraph::Turned(const std::string& value,
                               const std::vector<Index>& shape,
                               const std::string& name) {
  if (shape.size() == 1 || ShapeOf(value).size() == 1) {
    return Add(
        {.type = "Reshape", .name = name, .inputs = {value}, .shape = shape},
        {{"target_shape", shape}});
  }
  return Add(
      {.type = "Permute", .name = name, .inputs = {value}, .shape = shape},
      {{"dims", {2, 1}}});
}

std::string KerasGraph::Columns(const std::string& value, Index first,
                                Index count, const std::string& name) {
  const std::vector<Index> shape = ShapeOf(value);
  const bool is_row = shape.size() == 1;
  const Index rows = is_row ? 1 : shape[0];
  const Index cols = shape.back();
  const std::string turned = Turned(value, {cols, rows}, name + ".turned");
  const std::string cut = Add({.type = "Cropping1D",
                               .name = name + ".cut",
                               .inputs = {turned},
                               .shape = {count, rows}},
                              {{"cropping", {first, cols - first - count}}});
  return Turned(
      cut, is_row ? std::vector<Index>{count} : std::vector<Index>{rows, count},
      name);
}

Json KerasGraph::LayerJson(const Record& record) const {
  const KerasSpec& spec = record.spec;
  Json config = ParseJson(record.options);
  config["name"] = spec.name;
  config["dtype"] = spec.dtype;
  Json calls = Json::array();
  if (!spec.inputs.empty()) {
    Json tensors = Json::array();
    for (const std::string& input : spec.inputs) {
      const KerasSpec& from = layers_[Find(input)].spec;
      tensors.push_back({{"class_name", "__keras_tensor__"},
                         {"config",
                          {{"shape", BatchShape(from.shape)},
                           {"dtype", from.dtype},
                           {"keras_history", Json::array({input, 0, 0})}}}});
    }
    calls.push_back(
        {{"args", spec.takes_list ? Json::array({tensors}) : tensors},
         {"kwargs", Json::object()}});
  }
  return {{"module", "keras.layers"}, {"class_name", spec.type},
          {"config", config},         {"registered_name", nullptr},
          {"name", spec.name},        {"inbound_nodes", calls}};
}

std::string KerasGraph::Config() const {
  Json layers = Json::array();
  Json inputs = Json::object();
  Json outputs = Json::object();
  for (const Record& record : layers_) {
    layers.push_back(LayerJson(record));
    const std::string& name = record.spec.name;
    if (record.spec.type == "InputLayer") {
      inputs[name] = Json::array({name, 0, 0});
    }
  }
  for (const auto& [name, value] : outputs_) {
    outputs[name] = Json::array({value, 0, 0});
  }
  return DumpJson(Json{{"module", "keras"},
                       {"class_name", "Model"},
                       {"registered_name", nullptr},
                       {"config",
                        {{"name", "mtlkit"},
                         {"trainable", true},
                         {"layers", layers},
                         {"input_layers", inputs},
                         {"output_layers", outputs}}}});
}

// When a depth-first search from the outputs, by their names, first meets each
// layer; `finished` gets the order in which it leaves them.
std::vector<std::size_t> KerasGraph::FirstSeen(
    std::vector<std::size_t>* finished) const {
  constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> seen(layers_.size(), kNever);
  std::size_t next = 0;
  struct Visit {
    std::size_t layer = 0;
    std::size_t input = 0;  // the next to go to
  };
  for (const auto& [name, value] : outputs_) {
    std::vector<Visit> path;
    const auto enter = [&](std::size_t layer) {
      if (seen[layer] != kNever) return;
      seen[layer] = next++;
      path.push_back({layer, 0});
    };
    enter(Find(value));
    while (!path.empty()) {
      const std::size_t layer = path.back().layer;
      const auto& inputs = layers_[layer].spec.inputs;
      if (path.back().input < inputs.size()) {
        enter(Find(inputs[path.back().input++]));
      } else {
        finished->push_back(layer);
        path.pop_back();
      }
    }
  }
  return seen;
}

// As Keras orders the layers of a functional model: by falling distance from
// the outputs, then as they are first met (keras/src/ops/function.py,
// map_graph).
std::vector<std::size_t> KerasGraph::Order() const {
  std::vector<std::size_t> order;
  const std::vector<std::size_t> seen = FirstSeen(&order);
  std::vector<Index> depth(layers_.size());
  for (auto layer = order.rbegin(); layer != order.rend(); ++layer) {
    for (const std::string& input : layers_[*layer].spec.inputs) {
      Index& of = depth[Find(input)];
      of = std::max(of, depth[*layer] + 1);
    }
  }
  std::stable_sort(
      order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(-depth[a], seen[a]) < std::pair(-depth[b], seen[b]);
      });
  return order;
}

std::vector<std::pair<std::string, std::string>> KerasGraph::Places() const {
  std::vector<std::pair<std::string, std::string>> places;
  std::map<std::string, Index> counts;
  for (const std::size_t i : Order()) {
    const std::string type = KerasSnakeCase(layers_[i].spec.type);
    const Index number = counts[type]++;
    places.emplace_back(
        number == 0 ? "layers/" + type : Str("layers/", type, "_", number),
        layers_[i].spec.name);
  }
  return places;
}

Json KerasGraph::Parameters() const {
  Json parameters = Json::array();
  for (const Record& record : layers_) {
    for (std::size_t i = 0; i < record.spec.weights.size(); ++i) {
      const KerasArray& array = record.spec.weights[i];
      if (array.parameter.empty()) continue;
      parameters.push_back({{"name", array.parameter},
                            {"layer", record.spec.name},
                            {"weight", i},
                            {"shape", array.ours}});
    }
  }
  return parameters;
}

KerasArrayNames KerasGraph::ArrayNames() const {
  KerasArrayNames names;
  for (const Record& record : layers_) {
    const std::vector<std::string> roles = KerasWeightNames(
        KerasSnakeCase(record.spec.type), std::ssize(record.spec.weights));
    for (std::size_t i = 0; i < record.spec.weights.size(); ++i) {
      const std::string& parameter = record.spec.weights[i].parameter;
      const std::string name = Str(record.spec.name, "/", roles.at(i));
      if (parameter.empty()) {
        names.constants.insert(name);
      } else {
        names.of_parameter[parameter] = name;
      }
    }
  }
  return names;
}

std::string KerasGraph::Weights() const {
  PlainImage image;
  image.AddGroup("layers");
  image.AddGroup("vars");
  for (const auto& [path, name] : Places()) {
    const KerasSpec& spec = layers_[Find(name)].spec;
    image.AddGroup(path);
    image.AddGroup(path + "/vars");
    // For who reads weights by name, as Keras does it since 3.6.
    image.SetText(path + "/vars", "name", name);
    for (std::size_t w = 0; w < spec.weights.size(); ++w) {
      image.AddNumbers(Str(path, "/vars/", w), spec.weights[w].shape,
                       spec.weights[w].values);
    }
    if (!spec.has_seed) continue;
    constexpr std::uint32_t kState[] = {1, 0};
    image.AddGroup(path + "/seed_generator");
    image.AddGroup(path + "/seed_generator/vars");
    image.AddCounts(path + "/seed_generator/vars/0", kState);
  }
  return image.Finish();
}

std::vector<Index> KerasLayer::shape() const {
  // A layer's rows are those of its first input unless it says otherwise.
  std::vector<Index> result = graph.ShapeOf(x[0]);
  result.back() = node.cols;
  return result;
}

std::string KerasLayer::Add(const std::string& type,
                            std::vector<std::string> inputs,
                            std::vector<Index> made, const Json& options,
                            std::vector<KerasArray> weights,
                            const std::string& suffix) const {
  const bool takes_list = inputs.size() > 1;
  return graph.Add({.type = type,
                    .name = node.name + suffix,
                    .inputs = std::move(inputs),
                    .shape = std::move(made),
                    .weights = std::move(weights),
                    .takes_list = takes_list},
                   options);
}

std::string KerasStack(const KerasLayer& layer,
                       const std::vector<std::string>& values) {
  std::vector<Index> shape = layer.graph.ShapeOf(values[0]);
  shape.push_back(1);
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < values.size(); ++i) {
    columns.push_back(layer.Add("Reshape", {values[i]}, shape,
                                {{"target_shape", shape}}, {},
                                Str(".column", i)));
  }
  if (columns.size() == 1) return columns[0];
  shape.back() = std::ssize(values);
  return layer.Add("Concatenate", columns, shape, {{"axis", -1}}, {}, ".stack");
}

KerasArray KerasArrayOf(const ExportArray& array, bool is_vector) {
  const ConstMatView m = array.values;
  KerasArray result;
  result.parameter = array.name;
  result.ours = {m.rows, m.cols};
  if (!is_vector) result.shape.push_back(m.rows);
  result.shape.push_back(m.cols);
  result.values.assign(m.flat().begin(), m.flat().end());
  return result;
}

}  // namespace mtlkit
