// Layers that nobody reads.
#include <algorithm>
#include <set>
#include <string>

#include "nn/network.h"

namespace mtlkit {

void NetworkBuilder::DropUnread() {
  std::vector<ValueInfo>& values = network_.values_;
  std::vector<bool> is_read(values.size());
  for (Index i = 0; i < network_.input_count_; ++i) is_read[At(i)] = true;
  for (const OutputInfo& output : network_.outputs_) {
    if (output.value.id >= 0) is_read[At(output.value.id)] = true;
  }
  std::set<std::string> owners;
  std::set<std::string> names;
  for (auto node = network_.nodes_.rbegin(); node != network_.nodes_.rend();
       ++node) {
    if (!is_read[At(node->output.id)]) continue;
    for (const Value input : node->inputs) is_read[At(input.id)] = true;
    owners.insert(node->params_of);
    names.insert(node->name);
  }
  // New numbers of values.
  std::vector<Index> number(values.size(), -1);
  std::vector<ValueInfo> kept;
  for (std::size_t id = 0; id < values.size(); ++id) {
    if (!is_read[id]) continue;
    number[id] = std::ssize(kept);
    kept.push_back(values[id]);
    kept.back().readers.clear();
  }
  std::erase_if(network_.nodes_,
                [&](const Node& node) { return !is_read[At(node.output.id)]; });
  values = std::move(kept);
  for (std::size_t i = 0; i < network_.nodes_.size(); ++i) {
    Node& node = network_.nodes_[i];
    for (Value& input : node.inputs) {
      input.id = number[At(input.id)];
      values[At(input.id)].readers.push_back(static_cast<Index>(i));
    }
    node.output.id = number[At(node.output.id)];
    values[At(node.output.id)].node = static_cast<Index>(i);
  }
  for (OutputInfo& output : network_.outputs_) {
    if (output.value.id >= 0) output.value.id = number[At(output.value.id)];
  }
  const auto owner = [](const Slice& slice) {
    return slice.name.substr(0, slice.name.rfind('/'));
  };
  std::erase_if(weights_, [&](const Slice& slice) {
    return !owners.contains(owner(slice));
  });
  std::erase_if(buffers_, [&](const Slice& slice) {
    return !names.contains(owner(slice));
  });
}

}  // namespace mtlkit
