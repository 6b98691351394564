// How a plan combines the gradients of tasks into one.
#include <string_view>

#include "nn/plan_state.h"

namespace mtlkit {
namespace {

// "trunk.0" of "trunk.0/kernel", or its group "trunk".
std::string_view PartName(std::string_view slice, GradientsAt at) {
  if (at == GradientsAt::kMatrices) return slice;
  const std::string_view layer = slice.substr(0, slice.find('/'));
  return at == GradientsAt::kGroups ? layer.substr(0, layer.find('.')) : layer;
}

}  // namespace

void PlanState::CombineLanes(Value value, std::span<const double> weights) {
  const Lanes lanes = GradientOf(value);
  if (options.lane_rows) {
    WeighRows(value, weights, lanes.Lane(0), CombinedOf(value).Lane(0));
    return;
  }
  const std::vector<Index>& tasks = network.info(value).tasks;
  lane_weights.clear();
  for (const Index task : tasks) {
    lane_weights.push_back(weights[At(task)]);
  }
  ForBlocks(kBlockRows, [&](Index first, Index count, Index) {
    const RowRange range = RangeIn(ExtentOf(value), first, count);
    kernels.combine_rows(lanes.Lane(0).Row(range.first),
                         lanes.rows * lanes.cols, lanes.count,
                         range.count * lanes.cols, lane_weights.data(),
                         CombinedOf(value).Lane(0).Row(range.first));
  });
}

// Rows of no task have no gradient.
void PlanState::WeighRows(Value value, std::span<const double> weights,
                          ConstMatView from, MatView to) {
  if (to.data != from.data) std::ranges::fill(to.flat(), Real(0));
  ForTiles(std::ssize(lane_tasks), [&](Index k, Index) {
    const Index task = lane_tasks[At(k)];
    const RowRange& lane = lane_rows[At(task)];
    const RowRange range = RangeIn(ExtentOf(value), lane.first, lane.count);
    kernels.scale(static_cast<Real>(weights[At(task)]), from.Row(range.first),
                  to.Row(range.first), range.count * from.cols);
  });
}

void PlanState::BackwardCombined(const Pass& pass) {
  Backward(pass, layout.combined_backward);
  SetGradients(pass, layout.shared_tiles, false);
}

void PlanState::FindParts() {
  const std::span<const Slice> slices = network.weights()->slices();
  std::vector<std::string_view> names;
  part_of_slice.assign(slices.size(), -1);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (!slices[i].shared || IsFrozenSlice(static_cast<Index>(i))) continue;
    const std::string_view name = PartName(slices[i].name, options.at);
    const auto known = std::ranges::find(names, name);
    part_of_slice[i] = known - names.begin();
    if (known == names.end()) names.push_back(name);
  }
  part_count = std::ssize(names);
  part_gramians.resize(
      At(part_count * network.task_count() * network.task_count()));
}

Index PlanState::PartOf(Index i) const {
  if (!PlanOf(i).backward) return -1;
  for (const Index slice : network.node(i).params) {
    if (!network.weights()->slice(slice).shared || IsFrozenSlice(slice)) {
      continue;
    }
    return InParts(options.at) ? part_of_slice[At(slice)] : 0;
  }
  return -1;
}

// The gradients of a layer's output are combined for one of its parameters
// after the other.
void PlanState::CombineMatrices(const Pass& pass,
                                std::span<const double> weights) {
  const auto tasks = At(network.task_count());
  std::size_t most = 0;
  for (const Node& node : network.nodes()) {
    most = std::max(most, node.params.size());
  }
  for (std::size_t j = 0; j < most; ++j) {
    for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
      const Node& node = network.node(i);
      if (node.params.size() <= j || !PlanOf(i).backward) continue;
      const Index part = part_of_slice[At(node.params[j])];
      if (part < 0) continue;
      CombineLanes(node.output, weights.subspan(At(part) * tasks, tasks));
    }
    SetGradients(pass, layout.shared_tiles, true, static_cast<Index>(j));
  }
}

void PlanState::CombineAtParameters(const Pass& pass,
                                    std::span<const double> weights) {
  if (options.at == GradientsAt::kMatrices) {
    CombineMatrices(pass, weights);
    return;
  }
  const auto tasks = At(network.task_count());
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    const Index part = PartOf(i);
    if (part < 0) continue;
    const std::span<const double> own =
        weights.subspan(At(part) * tasks, tasks);
    if (options.lane_rows) {
      const MatView dy = ViewsOf(i).dy.Lane(0);
      WeighRows(network.node(i).output, own, dy, dy);
    } else {
      CombineLanes(network.node(i).output, own);
    }
  }
  // Rows were weighed in place.
  SetGradients(pass, layout.shared_tiles, !options.lane_rows);
}

}  // namespace mtlkit
