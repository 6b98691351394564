#include "nn/dead_ends.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mtlkit {
namespace {

// Nodes whose output, or whose parameters, something reads that is needed.
std::vector<bool> NeededNodes(const Network& network) {
  const auto nodes = network.nodes();
  std::vector<bool> needed(nodes.size());
  std::vector<bool> values(network.values().size());
  for (Index task = 0; task < network.task_count(); ++task) {
    values[At(network.output(task).value.id)] = true;
  }
  for (std::size_t i = nodes.size(); i-- > 0;) {
    const Node& node = nodes[i];
    needed[i] = needed[i] || values[At(node.output.id)];
    if (!needed[i]) continue;
    for (const Value input : node.inputs) values[At(input.id)] = true;
    for (std::size_t j = 0; j < i; ++j) {
      if (nodes[j].name == node.params_of) needed[j] = true;
    }
  }
  return needed;
}

}  // namespace

Network WithoutDeadEnds(const Network& network,
                        std::span<const InputSpec> inputs) {
  const std::vector<bool> needed = NeededNodes(network);
  if (std::ranges::find(needed, false) == needed.end()) return network;
  NetworkBuilder builder(inputs, network.task_count());
  std::vector<Value> own(network.values().size());  // by Value::id
  for (Index i = 0; i < network.input_count(); ++i) {
    own[At(i)] = builder.Input(i);
  }
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const Node& node = network.nodes()[i];
    std::vector<Value> reads;
    for (const Value input : node.inputs) reads.push_back(own[At(input.id)]);
    own[At(node.output.id)] = builder.Add(
        node.name, node.layer, std::move(reads),
        node.params_of == node.name ? std::string() : node.params_of);
  }
  for (Index task = 0; task < network.task_count(); ++task) {
    const OutputInfo& output = network.output(task);
    builder.Output(task, own[At(output.value.id)], output.columns.first,
                   output.columns.count);
  }
  for (const ParamPenalty& penalty : network.penalties()) {
    std::vector<std::vector<std::string>> groups;
    for (const std::vector<Index>& slices : penalty.groups) {
      std::vector<std::string>& names = groups.emplace_back();
      for (const Index slice : slices) {
        names.push_back(network.weights()->slice(slice).name);
      }
    }
    builder.Penalize(penalty.kind, penalty.strength, std::move(groups));
  }
  return std::move(builder).Build();
}

}  // namespace mtlkit
