#include "train/own_parts.h"

#include <algorithm>

namespace mtlkit {
namespace {

void CopyColumns(const ColumnRange& columns, ConstMatView from, MatView to) {
  for (Index row = 0; row < from.rows; ++row) {
    const Real* first = from.Row(row) + columns.first;
    std::copy(first, first + columns.count, to.Row(row) + columns.first);
  }
}

}  // namespace

OwnParts::OwnParts(const Network& network, const std::vector<bool>& frozen)
    : parts_(At(network.task_count())) {
  for (const Node& node : network.nodes()) {
    for (const Index slice : node.params) {
      if (!frozen.empty() && frozen[At(slice)]) continue;
      AddWeights(network, node, slice);
    }
    const std::vector<Index>& tasks = network.info(node.output).tasks;
    // What others read and do not teach is not one task's alone, either.
    if (node.layer->traits().stops_gradient && shared_.empty() &&
        network.info(node.inputs[0]).tasks != tasks) {
      shared_ = node.name;
    }
    if (tasks.size() != 1 || IsFrozen(node, frozen)) continue;
    for (const Index slice : node.buffers) {
      const Index cols = network.buffers()->slice(slice).spec.cols;
      parts_[At(tasks.front())].push_back({true, slice, {0, cols}});
    }
  }
}

void OwnParts::AddWeights(const Network& network, const Node& node,
                          Index slice) {
  const Slice& weights = network.weights()->slice(slice);
  if (weights.tasks.size() == 1) {
    parts_[At(weights.tasks.front())].push_back(
        {false, slice, {0, weights.spec.cols}});
    return;
  }
  if (!node.split_by_task) {
    if (shared_.empty()) shared_ = weights.name;
    return;
  }
  for (Index task = 0; task < network.task_count(); ++task) {
    const OutputInfo& output = network.output(task);
    if (output.value != node.output) continue;
    parts_[At(task)].push_back({false, slice, output.columns});
  }
}

void OwnParts::Copy(Index task, const Params& from, Params* to) const {
  for (const Part& part : parts_[At(task)]) {
    const Block& source = part.is_buffer ? from.buffers : from.weights;
    Block& target = part.is_buffer ? to->buffers : to->weights;
    CopyColumns(part.columns, source.At(part.slice), target.At(part.slice));
  }
}

}  // namespace mtlkit
