// What a plan does with gradients of parameters, and how it combines tasks.
#include "nn/plan_state.h"

namespace mtlkit {

template <class DyOf>
void PlanState::SetTile(const Pass& pass, const ParamTile& tile, Index slot,
                        DyOf dy_of, MatView dw) {
  bool set = false;
  for (const Index i : layout.users[static_cast<std::size_t>(tile.slice)]) {
    const ConstMatView dy = dy_of(i);
    if (dy.empty()) continue;
    ParamArgs args = ArgsFor<ParamArgs>(i, RangeFor(i, 0, rows), slot);
    args.dy = dy;
    args.param = ParamOf(i, tile.slice);
    args.first_row = tile.first_row;
    args.row_count = tile.row_count;
    args.dw = dw;
    if (set) args.dw.data = TileScratch(slot);
    network.node(i).layer->BackwardParams(pass, args);
    if (set) kernels.add(args.dw.data, dw.data, dw.data, dw.size());
    set = true;
  }
  if (!set) std::ranges::fill(dw.flat(), Real(0));
}

Index PlanState::ParamOf(Index node, Index slice) const {
  const std::vector<Index>& params = network.node(node).params;
  return std::ranges::find(params, slice) - params.begin();
}

template <class DyOf>
void PlanState::SetGradients(const Pass& pass,
                             const std::vector<ParamTile>& tiles, DyOf dy_of) {
  ForTiles(std::ssize(tiles), [&](Index t, Index slot) {
    const ParamTile& tile = tiles[static_cast<std::size_t>(t)];
    SetTile(pass, tile, slot, dy_of,
            SliceGradient(tile.slice).Rows(tile.first_row, tile.row_count));
  });
}

ConstMatView PlanState::TaskLane(Index i, Index task) {
  const ValuePlan& plan = PlanOf(network.node(i).output);
  const auto lane = std::ranges::find(plan.tasks, task);
  if (lane == plan.tasks.end()) return {};
  return ViewsOf(i).dy.Lane(lane - plan.tasks.begin());
}

void PlanState::BackwardParams(const Pass& pass) {
  SetGradients(pass, layout.tiles, [&](Index i) { return OnlyLane(i); });
  if (options.route == Route::kGramian) FillGramian(pass);
  if (options.route == Route::kGradients) FillBlocks(pass);
}

void PlanState::FillGramian(const Pass& pass) {
  std::ranges::fill(partial_grams, 0.0);
  std::ranges::fill(gramian, 0.0);
  if (at_representation()) {
    RepresentationGramian();
    return;
  }
  ForTiles(std::ssize(layout.shared_tiles), [&](Index t, Index slot) {
    TileGramian(pass, layout.shared_tiles[static_cast<std::size_t>(t)], slot);
  });
  const Index area = network.task_count() * network.task_count();
  std::ranges::fill(layer_gramians, 0.0);
  for (const ParamTile& tile : layout.shared_tiles) {
    const std::vector<Index>& tasks =
        network.weights()->slice(tile.slice).tasks;
    AddPartial(tasks, tile.gram, gramian.data());
    if (options.at != GradientsAt::kLayers) continue;
    const Index layer = layer_of_slice[static_cast<std::size_t>(tile.slice)];
    AddPartial(tasks, tile.gram, layer_gramians.data() + layer * area);
  }
}

void PlanState::TileGramian(const Pass& pass, const ParamTile& tile,
                            Index slot) {
  const Slice& slice = network.weights()->slice(tile.slice);
  const auto& users = layout.users[static_cast<std::size_t>(tile.slice)];
  double* gram = partial_grams.data() + tile.gram;
  if (ViewsOf(users.front()).dy.rows == 0 && users.size() == 1) return;
  LaneProductArgs args = ArgsFor<LaneProductArgs>(
      users.front(), RangeFor(users.front(), 0, rows), slot);
  args.dy = ViewsOf(users.front()).dy;
  args.param = ParamOf(users.front(), tile.slice);
  args.first_row = tile.first_row;
  args.row_count = tile.row_count;
  args.gram = gram;
  const Layer& layer = *network.node(users.front()).layer;
  if (users.size() == 1 && layer.HasGramian(args)) {
    layer.AddGramian(pass, args);
    return;
  }
  const Index size = tile.row_count * slice.spec.cols;
  Real* lanes = TileScratch(slot) + layout.tile_size;
  for (Index k = 0; k < std::ssize(slice.tasks); ++k) {
    const Index task = slice.tasks[static_cast<std::size_t>(k)];
    SetTile(pass, tile, slot, [&](Index i) { return TaskLane(i, task); },
            {lanes + k * size, tile.row_count, slice.spec.cols});
  }
  kernels.gramian_of_rows(lanes, size, std::ssize(slice.tasks), size, gram);
}

void PlanState::RepresentationGramian() {
  const Index blocks_of_rows = (rows + kBlockRows - 1) / kBlockRows;
  Index begin = 0;
  for (const Value value : network.representation()) {
    const Lanes lanes = GradientOf(value);
    const Index area = lanes.count * lanes.count;
    ForBlocks(kBlockRows, [&](Index first, Index count, Index) {
      const RowRange range = RangeIn(ExtentOf(value), first, count);
      kernels.gramian_of_rows(
          lanes.Lane(0).Row(range.first), lanes.rows * lanes.cols, lanes.count,
          range.count * lanes.cols,
          partial_grams.data() + begin + first / kBlockRows * area);
    });
    for (Index block = 0; block < blocks_of_rows; ++block) {
      AddPartial(network.info(value).tasks, begin + block * area,
                 gramian.data());
    }
    begin += blocks_of_rows * area;
  }
}

void PlanState::AddPartial(const std::vector<Index>& tasks, Index begin,
                           double* into) {
  const auto count = tasks.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      into[tasks[i] * network.task_count() + tasks[j]] +=
          partial_grams[static_cast<std::size_t>(begin) + i * count + j];
    }
  }
}

void PlanState::FillJacobian(const Pass& pass) {
  const Index shared = network.weights()->shared_size();
  if (shared == 0) return;
  const MatView jacobian = {Piece(layout.jacobian), network.task_count(),
                            shared};
  std::ranges::fill(jacobian.flat(), Real(0));
  const Index tiles = std::ssize(layout.shared_tiles);
  ForTiles(tiles * network.task_count(), [&](Index t, Index slot) {
    const Index task = t / tiles;
    const ParamTile& tile =
        layout.shared_tiles[static_cast<std::size_t>(t % tiles)];
    const Slice& slice = network.weights()->slice(tile.slice);
    const Index cols = slice.spec.cols;
    Real* begin = jacobian.Row(task) + slice.offset + tile.first_row * cols;
    SetTile(pass, tile, slot, [&](Index i) { return TaskLane(i, task); },
            {begin, tile.row_count, cols});
  });
  blocks[0] = {all_tasks, jacobian,
               std::span(gradient).first(static_cast<std::size_t>(shared))};
}

void PlanState::FillBlocks(const Pass& pass) {
  if (!at_representation()) {
    FillJacobian(pass);
    return;
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Value value = network.representation()[b];
    const Lanes lanes = GradientOf(value);
    blocks[b] = {network.info(value).tasks,
                 {lanes.data, lanes.count, lanes.rows * lanes.cols},
                 CombinedOf(value).Stacked().flat()};
  }
}

void PlanState::CombineLanes(Value value, std::span<const double> weights) {
  const Lanes lanes = GradientOf(value);
  const std::vector<Index>& tasks = network.info(value).tasks;
  lane_weights.clear();
  for (const Index task : tasks) {
    lane_weights.push_back(weights[static_cast<std::size_t>(task)]);
  }
  ForBlocks(kBlockRows, [&](Index first, Index count, Index) {
    const RowRange range = RangeIn(ExtentOf(value), first, count);
    kernels.combine_rows(lanes.Lane(0).Row(range.first),
                         lanes.rows * lanes.cols, lanes.count,
                         range.count * lanes.cols, lane_weights.data(),
                         CombinedOf(value).Lane(0).Row(range.first));
  });
}

void PlanState::BackwardCombined(const Pass& pass) {
  Backward(pass, layout.combined_backward);
  SetGradients(pass, layout.shared_tiles, [&](Index i) { return OnlyLane(i); });
}

// A layer is what uses a shared slice first; whoever uses the same parameters
// goes with it.
void PlanState::FindLayers() {
  layer_of_slice.assign(network.weights()->slices().size(), -1);
  for (const Node& node : network.nodes()) {
    bool counted = false;
    for (const Index slice : node.params) {
      Index& layer = layer_of_slice[static_cast<std::size_t>(slice)];
      if (layer >= 0 || !network.weights()->slice(slice).shared) continue;
      layer = layer_count;
      counted = true;
    }
    if (counted) ++layer_count;
  }
  layer_gramians.resize(static_cast<std::size_t>(
      layer_count * network.task_count() * network.task_count()));
}

void PlanState::CombineAtParameters(const Pass& pass,
                                    std::span<const double> weights) {
  const auto tasks = static_cast<std::size_t>(network.task_count());
  for (const Node& node : network.nodes()) {
    if (PlanOf(node.output).combined < 0) continue;
    std::size_t layer = 0;
    if (options.at == GradientsAt::kLayers) {
      for (const Index slice : node.params) {
        const Index of_slice = layer_of_slice[static_cast<std::size_t>(slice)];
        if (of_slice >= 0) layer = static_cast<std::size_t>(of_slice);
      }
    }
    CombineLanes(node.output, weights.subspan(layer * tasks, tasks));
  }
  SetGradients(pass, layout.shared_tiles, [&](Index i) -> ConstMatView {
    return CombinedOf(network.node(i).output).Lane(0);
  });
}

}  // namespace mtlkit
