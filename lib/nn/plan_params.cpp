// What a plan makes of the gradients of values: gradients of parameters and
// inner products of tasks.
#include "nn/plan_state.h"

namespace mtlkit {

template <class GradientOfNode>
void PlanState::SetTile(const Pass& pass, const ParamTile& tile, Index slot,
                        GradientOfNode gradient_of, MatView dw) {
  bool set = false;
  for (const Index i : layout.users[At(tile.slice)]) {
    const OutputGradient of_node = gradient_of(i);
    const RowRange range = RangeFor(i, of_node.rows.first, of_node.rows.count);
    if (of_node.dy.empty() || range.count == 0) continue;
    ParamArgs args = ArgsFor<ParamArgs>(i, range, slot);
    args.dy = of_node.dy;
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

void PlanState::SetGradients(const Pass& pass,
                             const std::vector<ParamTile>& tiles, bool combined,
                             Index param) {
  const auto gradient_of = [&](Index i) {
    const Lanes dy =
        combined ? CombinedOf(network.node(i).output) : ViewsOf(i).dy;
    return OutputGradient{dy.Lane(0), {0, rows}};
  };
  ForTiles(std::ssize(tiles), [&](Index t, Index slot) {
    const ParamTile& tile = tiles[At(t)];
    const Index user = layout.users[At(tile.slice)].front();
    if (param >= 0 && ParamOf(user, tile.slice) != param) return;
    SetTile(pass, tile, slot, gradient_of,
            SliceGradient(tile.slice).Rows(tile.first_row, tile.row_count));
  });
}

PlanState::OutputGradient PlanState::TaskLane(Index i, Index task) {
  if (options.lane_rows) return {ViewsOf(i).dy.Lane(0), lane_rows[At(task)]};
  const ValuePlan& plan = PlanOf(network.node(i).output);
  const auto lane = std::ranges::find(plan.tasks, task);
  if (lane == plan.tasks.end()) return {};
  return {ViewsOf(i).dy.Lane(lane - plan.tasks.begin()), {0, rows}};
}

void PlanState::SetLaneRows(std::span<const RowRange> of_tasks) {
  assert(options.lane_rows && of_tasks.size() == lane_rows.size());
  std::ranges::copy(of_tasks, lane_rows.begin());
  lane_tasks.clear();
  for (Index task = 0; task < network.task_count(); ++task) {
    if (lane_rows[At(task)].count > 0) lane_tasks.push_back(task);
  }
}

const std::vector<Index>& PlanState::LanesOf(const Slice& slice) const {
  const bool of_all = std::ssize(slice.tasks) == network.task_count();
  return options.lane_rows && of_all ? lane_tasks : slice.tasks;
}

std::span<const RowRange> PlanState::LaneRangesOf(
    Index i, const std::vector<Index>& tasks, Index slot) {
  RowRange* ranges = lane_ranges.data() + slot * network.task_count();
  for (std::size_t k = 0; k < tasks.size(); ++k) {
    const RowRange& of_batch = lane_rows[At(tasks[k])];
    ranges[k] = RangeFor(i, of_batch.first, of_batch.count);
  }
  return {ranges, tasks.size()};
}

void PlanState::BackwardParams(const Pass& pass) {
  SetGradients(pass, layout.tiles, false);
  if (options.route == Route::kGramian) FillGramian(pass);
  if (options.route == Route::kGradients) FillBlocks(pass);
}

void PlanState::FillGramian(const Pass& pass) {
  std::ranges::fill(gramian, 0.0);
  if (at_representation()) {
    RepresentationGramian();
    return;
  }
  ForTiles(std::ssize(layout.shared_tiles), [&](Index t, Index slot) {
    TileGramian(pass, layout.shared_tiles[At(t)], slot);
  });
  const Index area = network.task_count() * network.task_count();
  std::ranges::fill(part_gramians, 0.0);
  for (const ParamTile& tile : layout.shared_tiles) {
    const std::vector<Index>& tasks =
        LanesOf(network.weights()->slice(tile.slice));
    AddPartial(tasks, tile.gram, gramian.data());
    if (!InParts(options.at)) continue;
    const Index part = part_of_slice[At(tile.slice)];
    AddPartial(tasks, tile.gram, part_gramians.data() + part * area);
  }
}

void PlanState::TileGramian(const Pass& pass, const ParamTile& tile,
                            Index slot) {
  const Slice& slice = network.weights()->slice(tile.slice);
  const std::vector<Index>& tasks = LanesOf(slice);
  const auto& users = layout.users[At(tile.slice)];
  const Index first_user = users.front();
  double* gram = partial_grams.data() + tile.gram;
  std::fill_n(gram, tasks.size() * tasks.size(), 0.0);
  if (tasks.empty()) return;
  if (users.size() == 1) {
    if (ViewsOf(first_user).dy.rows == 0) return;
    LaneProductArgs args = ArgsFor<LaneProductArgs>(
        first_user, RangeFor(first_user, 0, rows), slot);
    args.dy = ViewsOf(first_user).dy;
    if (options.lane_rows) {
      args.lane_rows = LaneRangesOf(first_user, tasks, slot);
    }
    args.param = ParamOf(first_user, tile.slice);
    args.first_row = tile.first_row;
    args.row_count = tile.row_count;
    args.gram = gram;
    const Layer& layer = *network.node(first_user).layer;
    if (layer.HasGramian(args)) {
      layer.AddGramian(pass, args);
      return;
    }
  }
  const Index size = tile.row_count * slice.spec.cols;
  Real* lanes = TileScratch(slot) + layout.tile_size;
  for (Index k = 0; k < std::ssize(tasks); ++k) {
    SetTile(pass, tile, slot,
            [&](Index i) { return TaskLane(i, tasks[At(k)]); },
            {lanes + k * size, tile.row_count, slice.spec.cols});
  }
  kernels.gramian_of_rows(lanes, size, std::ssize(tasks), size, gram);
}

// Rows of different tasks have nothing in common there.
void PlanState::LaneRowsGramian(Value value) {
  const ConstMatView dy = GradientOf(value).Lane(0);
  for (const Index task : network.info(value).tasks) {
    const RowRange& lane = lane_rows[At(task)];
    const RowRange range = RangeIn(ExtentOf(value), lane.first, lane.count);
    if (range.count == 0) continue;
    const Real* begin = dy.Row(range.first);
    gramian[At(task * (network.task_count() + 1))] +=
        kernels.dot(begin, begin, range.count * dy.cols);
  }
}

void PlanState::RepresentationGramian() {
  if (options.lane_rows) {
    for (const Value value : network.representation()) LaneRowsGramian(value);
    return;
  }
  std::ranges::fill(partial_grams, 0.0);
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
          partial_grams[At(begin) + i * count + j];
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
    const ParamTile& tile = layout.shared_tiles[At(t % tiles)];
    const Slice& slice = network.weights()->slice(tile.slice);
    const Index cols = slice.spec.cols;
    Real* begin = jacobian.Row(task) + slice.offset + tile.first_row * cols;
    SetTile(pass, tile, slot, [&](Index i) { return TaskLane(i, task); },
            {begin, tile.row_count, cols});
  });
  blocks[0] = {all_tasks, jacobian, std::span(gradient).first(At(shared))};
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

}  // namespace mtlkit
