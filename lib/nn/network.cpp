#include "nn/network.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// Adds what `more` has and `set` lacks; both ascending.
void Unite(const std::vector<Index>& more, std::vector<Index>* set) {
  std::vector<Index> both;
  std::ranges::set_union(*set, more, std::back_inserter(both));
  *set = std::move(both);
}

std::vector<Slice> SlicesOf(const std::string& node,
                            const std::vector<ParamSpec>& specs) {
  std::vector<Slice> slices;
  slices.reserve(specs.size());
  for (const ParamSpec& spec : specs) {
    slices.push_back({node + "/" + spec.name, spec, 0, {}, false});
  }
  return slices;
}

// Numbers of `slices` by name in a finished layout.
std::vector<Index> Places(const Layout& layout, const std::string& node,
                          const std::vector<ParamSpec>& specs) {
  std::vector<Index> places;
  places.reserve(specs.size());
  for (const ParamSpec& spec : specs) {
    places.push_back(layout.Find(node + "/" + spec.name));
  }
  return places;
}

Space SpaceOfInput(const InputSpec& input, Index number) {
  switch (TraitsOf(input.kind).rows) {
    case BlockRows::kBatch:
      break;
    case BlockRows::kPixels:
      return {SpaceKind::kGrid, input.height, input.width, -1};
    case BlockRows::kTokens:
      return {SpaceKind::kTokens, 1, 1, number};
  }
  return {};
}

bool AreDisjoint(std::vector<ColumnRange> ranges) {
  std::ranges::sort(ranges, {}, &ColumnRange::first);
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i - 1].first + ranges[i - 1].count > ranges[i].first) {
      return false;
    }
  }
  return true;
}

// Whether a layer has parameters that also serve tasks which do not read it:
// what they get of those passes no single representation.
bool SharesParams(const Network& network, const Node& node) {
  return std::ranges::any_of(node.params, [&](Index slice) {
    return network.weights()->slice(slice).tasks !=
           network.info(node.output).tasks;
  });
}

}  // namespace

Params Network::Initialized(Seed seed) const {
  Params params{Block(weights_), Block(buffers_)};
  Initialize(seed, &params.weights);
  Initialize(seed, &params.buffers);
  return params;
}

Value Network::Find(std::string_view name) const {
  const Node* group = nullptr;
  const std::string prefix = std::string(name) + ".";
  for (const Node& node : nodes_) {
    if (node.name == name) return node.output;
    if (node.name.starts_with(prefix)) group = &node;
  }
  if (group != nullptr) return group->output;
  if (name == "trunk" && trunk_.id >= 0) return trunk_;
  const std::vector<std::string> names = NamesFound();
  const std::string nearest = Nearest(std::string(name), names);
  Fail(ErrorKind::kUsage,
       Str("there is no layer '", name, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("known: ", Join(names, ", ")));
}

std::vector<std::string> Network::Names() const {
  return NamesOf(nodes_);
}

std::vector<std::string> Network::NamesFound() const {
  std::vector<std::string> names = Names();
  std::set<std::string> known(names.begin(), names.end());
  const auto add = [&](const std::string& group) {
    if (known.insert(group).second) names.push_back(group);
  };
  // A group of layers is called by what stands before a dot.
  for (const Node& node : nodes_) {
    for (std::size_t dot = node.name.find('.'); dot != node.name.npos;
         dot = node.name.find('.', dot + 1)) {
      add(node.name.substr(0, dot));
    }
  }
  if (trunk_.id >= 0) add("trunk");
  return names;
}

NetworkBuilder::NetworkBuilder(std::span<const InputSpec> inputs, Index tasks) {
  for (const InputSpec& input : inputs) {
    ValueInfo info;
    info.cols = input.cols;
    info.input = network_.input_count_++;
    info.space = SpaceOfInput(input, info.input);
    info.kind = input.kind;
    info.is_numbers = TraitsOf(input.kind).is_numbers;
    network_.values_.push_back(info);
  }
  network_.outputs_.resize(At(tasks));
}

bool IsFrozen(const Node& node, const std::vector<bool>& frozen) {
  return !frozen.empty() && !node.params.empty() &&
         std::ranges::all_of(node.params,
                             [&](Index slice) { return frozen[At(slice)]; });
}

Value NetworkBuilder::Input(Index i) const {
  assert(i >= 0 && i < network_.input_count_);
  return {i};
}

Index NetworkBuilder::Cols(Value value) const {
  return network_.info(value).cols;
}

Value NetworkBuilder::Add(std::string name, LayerPtr layer,
                          std::vector<Value> inputs,
                          std::string_view params_of) {
  return InContext(Str("layer '", name, "'"), [&] {
    Require(std::ranges::find(network_.nodes_, name, &Node::name) ==
                network_.nodes_.end(),
            ErrorKind::kUsage, "another layer has this name");
    const Index number = std::ssize(network_.nodes_);
    std::vector<Index> cols;
    std::vector<Space> spaces;
    for (const Value input : inputs) {
      ValueInfo& info = network_.values_[At(input.id)];
      Require(info.is_numbers || layer->traits().reads_blocks,
              ErrorKind::kUsage,
              Str("cannot read ", InputKindName(info.kind), " inputs"));
      info.readers.push_back(number);
      cols.push_back(info.cols);
      spaces.push_back(info.space);
    }
    const std::string owner = params_of.empty() ? name : std::string(params_of);
    Node node;
    node.name = std::move(name);
    node.layer = std::move(layer);
    node.inputs = std::move(inputs);
    node.output = {std::ssize(network_.values_)};
    node.params_of = owner;
    for (Slice& slice : SlicesOf(owner, node.layer->Params(cols))) {
      const auto known = std::ranges::find(weights_, slice.name, &Slice::name);
      if (params_of.empty()) {
        weights_.push_back(std::move(slice));
        continue;
      }
      Require(known != weights_.end() && known->spec.rows == slice.spec.rows &&
                  known->spec.cols == slice.spec.cols,
              ErrorKind::kUsage,
              Str("layer '", owner, "' has no parameter of this shape"));
    }
    for (Slice& slice : SlicesOf(node.name, node.layer->Buffers(cols))) {
      buffers_.push_back(std::move(slice));
    }
    ValueInfo output;
    output.cols = node.layer->OutputCols(cols);
    output.space = node.layer->OutputSpace(spaces);
    output.node = number;
    network_.values_.push_back(output);
    network_.nodes_.push_back(std::move(node));
    return network_.nodes_.back().output;
  });
}

void NetworkBuilder::Output(Index task, Value value, Index first, Index count) {
  OutputInfo& output = network_.outputs_[At(task)];
  const Index cols = Cols(value);
  const Space& space = SpaceOf(value);
  Require(space == Space{} || space.kind == SpaceKind::kMembers ||
              space.is_ragged(),
          ErrorKind::kUsage,
          Str("the output of a task needs a row for each row of the batch, but "
              "here are ",
              SpaceText(space)),
          "flatten or pool it first");
  if (count < 0) count = cols - first;
  assert(output.value.id < 0 && network_.info(value).node >= 0);
  assert(first >= 0 && count > 0 && first + count <= cols);
  output = {value, {first, count}};
}

std::vector<Index> NetworkBuilder::InputCols(const Node& node) const {
  std::vector<Index> cols;
  for (const Value input : node.inputs) cols.push_back(Cols(input));
  return cols;
}

void NetworkBuilder::FindTasks() {
  for (Index task = 0; task < network_.task_count(); ++task) {
    const Value value = network_.output(task).value;
    assert(value.id >= 0);
    Unite({task}, &network_.values_[At(value.id)].tasks);
  }
  for (auto node = network_.nodes_.rbegin(); node != network_.nodes_.rend();
       ++node) {
    if (node->layer->traits().stops_gradient) continue;
    for (const Value input : node->inputs) {
      Unite(network_.info(node->output).tasks,
            &network_.values_[At(input.id)].tasks);
    }
  }
}

bool NetworkBuilder::SplitsByTask(const Node& node) const {
  const ValueInfo& output = network_.info(node.output);
  if (output.tasks.size() < 2 || !output.readers.empty() ||
      !node.layer->traits().splits_columns) {
    return false;
  }
  const auto users =
      std::ranges::count(network_.nodes_, node.params_of, &Node::params_of);
  std::vector<ColumnRange> ranges;
  for (const Index task : output.tasks) {
    ranges.push_back(network_.output(task).columns);
  }
  return users == 1 && AreDisjoint(std::move(ranges));
}

void NetworkBuilder::PlaceParams() {
  for (const Node& node : network_.nodes_) {
    for (const ParamSpec& spec : node.layer->Params(InputCols(node))) {
      const auto slice = std::ranges::find(
          weights_, node.params_of + "/" + spec.name, &Slice::name);
      Unite(network_.info(node.output).tasks, &slice->tasks);
      slice->shared = slice->tasks.size() > 1 && !node.split_by_task;
    }
  }
  network_.weights_ = std::make_shared<const Layout>(std::move(weights_));
  network_.buffers_ = std::make_shared<const Layout>(std::move(buffers_));
  for (Node& node : network_.nodes_) {
    const std::vector<Index> cols = InputCols(node);
    node.params =
        Places(*network_.weights_, node.params_of, node.layer->Params(cols));
    node.buffers =
        Places(*network_.buffers_, node.name, node.layer->Buffers(cols));
  }
}

bool NetworkBuilder::TasksPartAt(const ValueInfo& value) const {
  if (value.node < 0 || value.tasks.size() < 2 ||
      network_.node(value.node).split_by_task) {
    return false;
  }
  const auto parts = [&](Index reader) {
    const Node& node = network_.node(reader);
    return node.split_by_task ||
           network_.info(node.output).tasks.size() < value.tasks.size();
  };
  const Value here = network_.node(value.node).output;
  const auto ends = [&](Index task) {
    return network_.output(task).value == here;
  };
  return std::ranges::any_of(value.tasks, ends) ||
         std::ranges::any_of(value.readers, parts);
}

void NetworkBuilder::FindTrunk() {
  std::vector<Value> parting;
  // Whether a value depends on one of `parting`.
  std::vector<bool> below(network_.values_.size());
  bool nested = false;
  for (const Node& node : network_.nodes_) {
    const ValueInfo& info = network_.info(node.output);
    const auto id = At(node.output.id);
    const bool depends = std::ranges::any_of(
        node.inputs, [&](Value input) { return below[At(input.id)]; });
    const bool parts = TasksPartAt(info);
    if (parts) parting.push_back(node.output);
    nested = nested || (parts && depends) || SharesParams(network_, node);
    below[id] = parts || depends;
    if (info.tasks.size() > 1 && !info.readers.empty()) {
      network_.trunk_ = node.output;
    }
  }
  if (!nested) network_.representation_ = std::move(parting);
}

std::vector<std::string> NetworkBuilder::ParamNames(Index first) const {
  std::vector<std::string> names;
  for (Index i = first; i < std::ssize(weights_); ++i) {
    names.push_back(weights_[At(i)].name);
  }
  return names;
}

void NetworkBuilder::Penalize(PenaltyKind kind, double strength,
                              std::vector<std::vector<std::string>> groups) {
  network_.penalties_.push_back({kind, strength, {}});
  penalized_.push_back(std::move(groups));
}

void NetworkBuilder::PlacePenalties() {
  const Layout& layout = *network_.weights_;
  for (std::size_t i = 0; i < penalized_.size(); ++i) {
    ParamPenalty& penalty = network_.penalties_[i];
    for (const auto& names : penalized_[i]) {
      std::vector<Index>& group = penalty.groups.emplace_back();
      for (const std::string& name : names) {
        group.push_back(layout.Find(name));
        Require(group.back() >= 0, ErrorKind::kUsage,
                Str("a penalty is on '", name, "', which is no parameter"));
      }
    }
    CheckPenalty(penalty, layout);
  }
}

Network NetworkBuilder::Build() && {
  FindTasks();
  for (Node& node : network_.nodes_) node.split_by_task = SplitsByTask(node);
  PlaceParams();
  PlacePenalties();
  FindTrunk();
  return std::move(network_);
}

}  // namespace mtlkit
