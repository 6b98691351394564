#include "nn/ensemble.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "nn/layers/stack.h"

namespace mtlkit {
namespace {

// Puts the layers of several networks of one graph beside each other.
class NetworkJoiner {
 public:
  explicit NetworkJoiner(const Model& model)
      : network_(*model.network),
        builder_(model.schema.inputs, network_.task_count()) {}

  Network Join(Index networks) && {
    for (Index i = 0; i < networks; ++i) AddNetwork(PrefixOfNetwork(i));
    std::map<Index, Value> stacks;  // by what they are made of
    for (Index task = 0; task < network_.task_count(); ++task) {
      const OutputInfo& output = network_.output(task);
      const Index id = output.value.id;
      if (stacks.count(id) == 0) {
        const Node& node = network_.node(network_.info(output.value).node);
        stacks[id] =
            builder_.Add("networks." + node.name, MakeStack(), said_.at(id));
      }
      builder_.Output(task, stacks.at(id), output.columns.first,
                      output.columns.count);
    }
    return std::move(builder_).Build();
  }

 private:
  void AddNetwork(const std::string& prefix) {
    std::vector<Value> own(network_.values().size());  // by Value::id
    for (Index i = 0; i < network_.input_count(); ++i) {
      own[At(i)] = builder_.Input(i);
    }
    for (const Node& node : network_.nodes()) {
      std::vector<Value> inputs;
      for (const Value input : node.inputs) inputs.push_back(own[At(input.id)]);
      const std::string params_of =
          node.params_of == node.name ? "" : prefix + node.params_of;
      own[At(node.output.id)] = builder_.Add(prefix + node.name, node.layer,
                                             std::move(inputs), params_of);
    }
    std::map<Index, Value> outputs;
    for (Index task = 0; task < network_.task_count(); ++task) {
      const Index id = network_.output(task).value.id;
      outputs[id] = own[At(id)];
    }
    for (const auto& [id, value] : outputs) said_[id].push_back(value);
  }

  const Network& network_;
  NetworkBuilder builder_;
  // What the networks put out, one after the other, by its id in each.
  std::map<Index, std::vector<Value>> said_;
};

// Copies slices of `from` that have a prefix in their name in one of the two.
void CopySlices(const Block& from, const std::string& from_prefix, Block* to,
                const std::string& to_prefix) {
  const Layout& layout = to->layout();
  for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
    const std::string& name = layout.slice(i).name;
    if (!name.starts_with(to_prefix)) continue;
    const Index source =
        from.layout().Find(from_prefix + name.substr(to_prefix.size()));
    Require(source >= 0, ErrorKind::kBug, "no parameter " + name);
    std::ranges::copy(from.At(source).flat(), to->At(i).flat().begin());
  }
}

}  // namespace

std::vector<Model> SingleModels(Model model) {
  std::vector<TrainedNetwork> others = std::move(model.others);
  model.others.clear();
  std::vector<Model> models;
  models.reserve(others.size() + 1);
  models.push_back(std::move(model));
  for (TrainedNetwork& other : others) {
    const Model& first = models.front();
    Model single;
    single.schema = first.schema;
    single.transforms = first.transforms;
    single.arch = first.arch;
    single.network = first.network;
    single.params = std::move(other.params);
    single.constants = first.constants;
    single.constants_are_agreed = first.constants_are_agreed;
    single.log = std::move(other.log);
    single.seen = first.seen;
    single.content_sha256 = first.content_sha256;
    single.provenance = first.provenance;
    models.push_back(std::move(single));
  }
  return models;
}

Model EnsembleOf(std::vector<Model> models) {
  Model ensemble = std::move(models.front());
  for (std::size_t i = 1; i < models.size(); ++i) {
    Require(models[i].params.weights.layout().count() ==
                ensemble.params.weights.layout().count(),
            ErrorKind::kBug, "networks of an ensemble have one graph");
    ensemble.others.push_back(
        {std::move(models[i].params), std::move(models[i].log)});
  }
  return ensemble;
}

std::string PrefixOfNetwork(Index number) {
  return Str("network", number + 1, ".");
}

Model AsOneNetwork(Model ensemble) {
  if (ensemble.others.empty()) return ensemble;
  auto network = std::make_shared<const Network>(
      NetworkJoiner(ensemble).Join(ensemble.networks()));
  Params params = {Block(network->weights()), Block(network->buffers())};
  for (Index i = 0; i < ensemble.networks(); ++i) {
    const Params& own =
        i == 0 ? ensemble.params : ensemble.others[At(i - 1)].params;
    CopySlices(own.weights, "", &params.weights, PrefixOfNetwork(i));
    CopySlices(own.buffers, "", &params.buffers, PrefixOfNetwork(i));
  }
  ensemble.network = std::move(network);
  ensemble.params = std::move(params);
  ensemble.others.clear();
  return ensemble;
}

void TakeNetwork(const Model& joined, Index number, Model* model) {
  const std::string prefix = PrefixOfNetwork(number);
  CopySlices(joined.params.weights, prefix, &model->params.weights, "");
  CopySlices(joined.params.buffers, prefix, &model->params.buffers, "");
}

}  // namespace mtlkit
