#include "nn/plan.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

#include "kernels/kernels.h"
#include "nn/plan_layout.h"

namespace mtlkit {
namespace {

// A thread that does less than this many floating-point operations of a step
// costs more than it helps.
constexpr Index kWorthAThread = 4'000'000;

// What a node's layer is called with, for the current batch.
struct NodeViews {
  std::vector<Operand> x;
  std::vector<ConstMatView> w;
  std::vector<MatView> buffers;
  MatView y;
  Real* prepared = nullptr;
  Real* saved = nullptr;
  Lanes dy;
  std::vector<Lanes> dx;
  std::vector<ColumnRange> lane_columns;
};

void CopyColumns(ConstMatView from, Index from_col, MatView to, Index to_col,
                 Index cols) {
  for (Index row = 0; row < from.rows; ++row) {
    std::copy_n(from.Row(row) + from_col, cols, to.Row(row) + to_col);
  }
}

void AddColumns(ConstMatView from, MatView to, Index to_col) {
  for (Index row = 0; row < from.rows; ++row) {
    Real* into = to.Row(row) + to_col;
    for (Index col = 0; col < from.cols; ++col) into[col] += from(row, col);
  }
}

}  // namespace

struct Plan::State {
  State(const Network& network_in, const PlanOptions& options_in)
      : network(network_in),
        options(options_in),
        layout(network_in, options_in),
        kernels(ActiveKernels()),
        slot_size(PaddedSize(layout.scratch_size) + SumSize()),
        arena(static_cast<std::size_t>(layout.arena_size)),
        scratch(static_cast<std::size_t>(slot_size * MostThreads())),
        partial_grams(static_cast<std::size_t>(layout.partial_grams)),
        views(network_in.nodes().size()) {
    if (trains()) {
      gradient.resize(static_cast<std::size_t>(network.weights()->size()));
    }
    const auto tasks = static_cast<std::size_t>(network.task_count());
    if (options.route == Route::kGramian) gramian.resize(tasks * tasks);
    lane_weights.reserve(tasks);
    SizeViews();
    SizeBlocks();
  }

  // --- Sizes -------------------------------------------------------------

  bool trains() const { return options.route != Route::kForward; }
  bool at_representation() const {
    return options.at == GradientsAt::kRepresentation;
  }
  Index MostThreads() const {
    return options.pool == nullptr ? 1 : options.pool->threads();
  }
  // Tiles of a parameter that several layers use, and of several lanes.
  Index SumSize() const {
    return layout.tile_size *
           (options.route == Route::kGramian ? network.task_count() + 1 : 1);
  }

  void SizeViews() {
    for (std::size_t i = 0; i < views.size(); ++i) {
      const Node& node = network.nodes()[i];
      NodeViews& view = views[i];
      view.x.resize(node.inputs.size());
      view.w.resize(node.params.size());
      view.buffers.resize(node.buffers.size());
      view.dx.resize(node.inputs.size());
      view.prepared = Piece(layout.nodes[i].prepared);
      view.saved = Piece(layout.nodes[i].saved);
      if (!PlanOf(node.output).split) continue;
      for (const Index task : PlanOf(node.output).tasks) {
        view.lane_columns.push_back(network.output(task).columns);
      }
    }
  }

  void SizeBlocks() {
    if (options.route != Route::kGradients) return;
    if (at_representation()) {
      blocks.resize(network.representation().size());
    } else if (network.weights()->shared_size() > 0) {
      for (Index task = 0; task < network.task_count(); ++task) {
        all_tasks.push_back(task);
      }
      blocks.resize(1);
    }
  }

  // --- Places ------------------------------------------------------------

  Real* Piece(Index piece) {
    if (piece < 0) return nullptr;
    return arena.data() + layout.pieces[static_cast<std::size_t>(piece)].offset;
  }
  const ValuePlan& PlanOf(Value value) const {
    return layout.values[static_cast<std::size_t>(value.id)];
  }
  const NodePlan& PlanOf(Index node) const {
    return layout.nodes[static_cast<std::size_t>(node)];
  }
  NodeViews& ViewsOf(Index node) {
    return views[static_cast<std::size_t>(node)];
  }
  Index Cols(Value value) const { return network.info(value).cols; }

  MatView ValueView(Value value) {
    return {Piece(PlanOf(value).value), rows, Cols(value)};
  }
  Lanes GradientOf(Value value) {
    const ValuePlan& plan = PlanOf(value);
    return {Piece(plan.gradient), plan.lanes, rows, Cols(value)};
  }
  Lanes CombinedOf(Value value) {
    return {Piece(PlanOf(value).combined), 1, rows, Cols(value)};
  }
  bool IsParting(Value value) const {
    return at_representation() && PlanOf(value).combined >= 0;
  }
  MatView SliceGradient(Index number) {
    const Slice& slice = network.weights()->slice(number);
    return {gradient.data() + slice.offset, slice.spec.rows, slice.spec.cols};
  }

  // --- Before a pass -----------------------------------------------------

  void Bind(const Pass& pass, const Batch& batch) {
    assert(batch.rows >= 1 && batch.rows <= options.capacity);
    assert(std::ssize(batch.inputs) == network.input_count());
    rows = batch.rows;
    const Index passes = trains() ? 3 : 1;
    const Index work = 2 * passes * rows * layout.work_per_row;
    workers = std::clamp<Index>(work / kWorthAThread, 1, MostThreads());
    for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
      BindNode(i, pass, batch);
    }
  }

  void BindNode(Index i, const Pass& pass, const Batch& batch) {
    const Node& node = network.node(i);
    NodeViews& view = ViewsOf(i);
    view.y = ValueView(node.output);
    view.dy = IsParting(node.output) ? CombinedOf(node.output)
                                     : GradientOf(node.output);
    for (std::size_t j = 0; j < node.inputs.size(); ++j) {
      view.x[j] = BindOperand(node.inputs[j], batch);
      view.dx[j] = trains() ? BindGradient(i, j) : Lanes{};
    }
    for (std::size_t j = 0; j < node.params.size(); ++j) {
      view.w[j] = pass.weights->At(node.params[j]);
    }
    if (pass.buffers == nullptr) return;
    for (std::size_t j = 0; j < node.buffers.size(); ++j) {
      view.buffers[j] = pass.buffers->At(node.buffers[j]);
    }
  }

  Operand BindOperand(Value value, const Batch& batch) {
    const ValueInfo& info = network.info(value);
    if (info.input < 0) return {ValueView(value)};
    const InputBatch& input =
        batch.inputs[static_cast<std::size_t>(info.input)];
    assert(input.kind == info.kind);
    if (info.kind != InputKind::kDense) {
      return {{nullptr, rows, info.cols}, &input};
    }
    assert(input.dense.rows == rows && input.dense.cols == info.cols);
    return {input.dense};
  }

  Lanes BindGradient(Index i, std::size_t j) {
    const OperandPlan& operand = PlanOf(i).operands[j];
    if (!operand.wanted) return {};
    const Value value = network.node(i).inputs[j];
    Lanes lanes = {Piece(operand.piece), std::ssize(operand.lanes), rows,
                   Cols(value)};
    if (operand.direct) {
      lanes.data = GradientOf(value).Lane(operand.first_lane).data;
    }
    return lanes;
  }

  // --- Running -----------------------------------------------------------

  // Calls work(tile, slot) for every tile; calls of one slot never overlap.
  template <class Work>
  void ForTiles(Index tiles, Work work) {
    const Index slots = std::min(workers, tiles);
    if (slots <= 1) {
      for (Index tile = 0; tile < tiles; ++tile) work(tile, Index{0});
      return;
    }
    std::atomic<Index> next{0};
    options.pool->For(slots, [&](Index slot) {
      for (Index tile = next++; tile < tiles; tile = next++) work(tile, slot);
    });
  }

  // Calls work(first, count, slot) for blocks of rows, or once for all.
  template <class Work>
  void ForRows(bool by_rows, Work work) {
    if (!by_rows) {
      work(Index{0}, rows, Index{0});
      return;
    }
    const Index blocks_of_rows = (rows + kBlockRows - 1) / kBlockRows;
    ForTiles(blocks_of_rows, [&](Index block, Index slot) {
      const Index first = block * kBlockRows;
      work(first, std::min(kBlockRows, rows - first), slot);
    });
  }

  template <class Args>
  Args ArgsFor(Index i, Index first, Index count, Index slot) {
    NodeViews& view = ViewsOf(i);
    Args args;
    args.x = view.x;
    args.w = view.w;
    args.buffers = view.buffers;
    args.prepared = view.prepared;
    args.saved = view.saved;
    args.scratch = scratch.data() + slot * slot_size;
    args.first = first;
    args.count = count;
    args.node = i;
    return args;
  }
  // Behind a layer's scratch: room for parameter tiles.
  Real* TileScratch(Index slot) {
    return scratch.data() + slot * slot_size + PaddedSize(layout.scratch_size);
  }

  void Forward(const Pass& pass) {
    ForTiles(std::ssize(network.nodes()), [&](Index i, Index) {
      network.node(i).layer->Prepare(ViewsOf(i).w, PlanOf(i).input_gradient,
                                     ViewsOf(i).prepared);
    });
    for (const Region& region : layout.forward) {
      ForRows(region.by_rows, [&](Index first, Index count, Index slot) {
        for (const Index i : region.nodes) {
          ForwardArgs args = ArgsFor<ForwardArgs>(i, first, count, slot);
          args.y = ViewsOf(i).y;
          network.node(i).layer->Forward(pass, args);
        }
      });
    }
    for (Index task = 0; task < network.task_count(); ++task) {
      const OutputInfo& output = network.output(task);
      if (layout.tasks[static_cast<std::size_t>(task)].output < 0) continue;
      CopyColumns(ValueView(output.value), output.columns.first,
                  OutputView(task), 0, output.columns.count);
    }
  }

  MatView OutputView(Index task) {
    const OutputInfo& output = network.output(task);
    const Index piece = layout.tasks[static_cast<std::size_t>(task)].output;
    if (piece < 0) return ValueView(output.value);
    return {Piece(piece), rows, output.columns.count};
  }

  MatView OutputGradientView(Index task) {
    const OutputInfo& output = network.output(task);
    const Index piece = layout.tasks[static_cast<std::size_t>(task)].gradient;
    if (piece < 0) return GradientOf(output.value).Lane(0);
    return {Piece(piece), rows, output.columns.count};
  }

  // Puts the tasks' output gradients where the backward pass begins.
  void SeedGradients() {
    for (Index task = 0; task < network.task_count(); ++task) {
      const TaskPlan& plan = layout.tasks[static_cast<std::size_t>(task)];
      if (plan.gradient < 0) continue;
      const Value value = network.output(task).value;
      if (PlanOf(value).gradient < 0) continue;
      if (plan.first) {
        std::ranges::fill(GradientOf(value).Stacked().flat(), Real(0));
      }
      AddColumns(OutputGradientView(task), SeedLane(value, task),
                 network.output(task).columns.first);
    }
  }

  MatView SeedLane(Value value, Index task) {
    const ValuePlan& plan = PlanOf(value);
    const bool one = plan.tasks.empty() || plan.split;
    const auto lane = std::ranges::find(plan.tasks, task) - plan.tasks.begin();
    return GradientOf(value).Lane(one ? 0 : lane);
  }

  void Backward(const Pass& pass, const std::vector<Region>& regions) {
    for (const Region& region : regions) {
      ForRows(region.by_rows, [&](Index first, Index count, Index slot) {
        for (const Index i : region.nodes) {
          BackwardNode(pass, i, first, count, slot);
        }
      });
    }
  }

  void BackwardNode(const Pass& pass, Index i, Index first, Index count,
                    Index slot) {
    const Node& node = network.node(i);
    NodeViews& view = ViewsOf(i);
    BackwardArgs args = ArgsFor<BackwardArgs>(i, first, count, slot);
    args.y = view.y;
    args.dy = view.dy;
    args.lane_columns = view.lane_columns;
    args.dx = view.dx;
    node.layer->Backward(pass, args);
    for (std::size_t j = 0; j < node.inputs.size(); ++j) {
      const OperandPlan& operand = PlanOf(i).operands[j];
      if (operand.piece < 0) continue;
      for (std::size_t lane = 0; lane < operand.lanes.size(); ++lane) {
        AddRows(view.dx[j].Lane(static_cast<Index>(lane)),
                GradientOf(node.inputs[j]).Lane(operand.lanes[lane]), first,
                count, operand.adds[lane]);
      }
    }
  }

  void AddRows(ConstMatView from, MatView to, Index first, Index count,
               bool add) const {
    const Real* source = from.Row(first);
    Real* target = to.Row(first);
    if (add) {
      kernels.add(source, target, target, count * from.cols);
    } else {
      std::copy_n(source, count * from.cols, target);
    }
  }

  // --- Gradients of parameters -------------------------------------------

  // Sets `dw` (the rows of a tile) to the sum over the nodes that use the
  // slice of the gradients that `dy_of(node)` gives; one without data is none.
  template <class DyOf>
  void SetTile(const Pass& pass, const ParamTile& tile, Index slot, DyOf dy_of,
               MatView dw) {
    bool set = false;
    for (const Index i : layout.users[static_cast<std::size_t>(tile.slice)]) {
      const ConstMatView dy = dy_of(i);
      if (dy.data == nullptr) continue;
      ParamArgs args = ArgsFor<ParamArgs>(i, 0, rows, slot);
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

  Index ParamOf(Index node, Index slice) const {
    const std::vector<Index>& params = network.node(node).params;
    return std::ranges::find(params, slice) - params.begin();
  }

  // Gradients in one lane, into `gradient`.
  template <class DyOf>
  void SetGradients(const Pass& pass, const std::vector<ParamTile>& tiles,
                    DyOf dy_of) {
    ForTiles(std::ssize(tiles), [&](Index t, Index slot) {
      const ParamTile& tile = tiles[static_cast<std::size_t>(t)];
      SetTile(pass, tile, slot, dy_of,
              SliceGradient(tile.slice).Rows(tile.first_row, tile.row_count));
    });
  }

  auto OnlyLane() {
    return [this](Index i) -> ConstMatView { return ViewsOf(i).dy.Lane(0); };
  }

  // Of task `task`: the gradient of node i's output, without data if none.
  ConstMatView TaskLane(Index i, Index task) {
    const ValuePlan& plan = PlanOf(network.node(i).output);
    const auto lane = std::ranges::find(plan.tasks, task);
    if (lane == plan.tasks.end()) return {};
    return ViewsOf(i).dy.Lane(lane - plan.tasks.begin());
  }

  void FillGramian(const Pass& pass) {
    std::ranges::fill(partial_grams, 0.0);
    std::ranges::fill(gramian, 0.0);
    if (at_representation()) {
      RepresentationGramian();
      return;
    }
    ForTiles(std::ssize(layout.shared_tiles), [&](Index t, Index slot) {
      TileGramian(pass, layout.shared_tiles[static_cast<std::size_t>(t)], slot);
    });
    for (const ParamTile& tile : layout.shared_tiles) {
      AddPartial(network.weights()->slice(tile.slice).tasks, tile.gram);
    }
  }

  void TileGramian(const Pass& pass, const ParamTile& tile, Index slot) {
    const Slice& slice = network.weights()->slice(tile.slice);
    const auto& users = layout.users[static_cast<std::size_t>(tile.slice)];
    double* gram = partial_grams.data() + tile.gram;
    LaneProductArgs args =
        ArgsFor<LaneProductArgs>(users.front(), 0, rows, slot);
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

  void RepresentationGramian() {
    const Index blocks_of_rows = (rows + kBlockRows - 1) / kBlockRows;
    Index begin = 0;
    for (const Value value : network.representation()) {
      const Lanes lanes = GradientOf(value);
      const Index area = lanes.count * lanes.count;
      ForRows(true, [&](Index first, Index count, Index) {
        kernels.gramian_of_rows(
            lanes.Lane(0).Row(first), lanes.rows * lanes.cols, lanes.count,
            count * lanes.cols,
            partial_grams.data() + begin + first / kBlockRows * area);
      });
      for (Index block = 0; block < blocks_of_rows; ++block) {
        AddPartial(network.info(value).tasks, begin + block * area);
      }
      begin += blocks_of_rows * area;
    }
  }

  // Adds a Gramian of some tasks to that of all.
  void AddPartial(const std::vector<Index>& tasks, Index begin) {
    const auto count = tasks.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        gramian[static_cast<std::size_t>(tasks[i] * network.task_count() +
                                         tasks[j])] +=
            partial_grams[static_cast<std::size_t>(begin) + i * count + j];
      }
    }
  }

  void FillJacobian(const Pass& pass) {
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

  void FillBlocks(const Pass& pass) {
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

  // --- Combination -------------------------------------------------------

  // Sets the combined gradient of a value to the weighted sum of its lanes.
  void CombineLanes(Value value, std::span<const double> weights) {
    const Lanes lanes = GradientOf(value);
    const std::vector<Index>& tasks = network.info(value).tasks;
    lane_weights.clear();
    for (const Index task : tasks) {
      lane_weights.push_back(weights[static_cast<std::size_t>(task)]);
    }
    ForRows(true, [&](Index first, Index count, Index) {
      kernels.combine_rows(lanes.Lane(0).Row(first), lanes.rows * lanes.cols,
                           lanes.count, count * lanes.cols, lane_weights.data(),
                           CombinedOf(value).Lane(0).Row(first));
    });
  }

  // The part after the combination at the representation.
  void BackwardCombined(const Pass& pass) {
    Backward(pass, layout.combined_backward);
    SetGradients(pass, layout.shared_tiles, OnlyLane());
  }

  void CombineAtParameters(const Pass& pass, std::span<const double> weights) {
    for (const Node& node : network.nodes()) {
      if (PlanOf(node.output).combined >= 0) {
        CombineLanes(node.output, weights);
      }
    }
    SetGradients(pass, layout.shared_tiles, [&](Index i) -> ConstMatView {
      return CombinedOf(network.node(i).output).Lane(0);
    });
  }

  const Network& network;
  PlanOptions options;
  PlanLayout layout;
  const Kernels& kernels;
  Index slot_size;
  AlignedVector arena;
  AlignedVector scratch;  // slot_size numbers a thread
  AlignedVector gradient;
  std::vector<double> partial_grams;
  std::vector<double> gramian;
  std::vector<double> lane_weights;
  std::vector<NodeViews> views;
  std::vector<GradientBlock> blocks;
  std::vector<Index> all_tasks;
  Index rows = 0;     // of the current batch
  Index workers = 1;  // threads worth using for it
};

Plan::Plan(const Network& network, const PlanOptions& options)
    : state_(std::make_unique<State>(network, options)) {}
Plan::~Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;

const Network& Plan::network() const {
  return state_->network;
}
const PlanOptions& Plan::options() const {
  return state_->options;
}

void Plan::Forward(const Pass& pass, const Batch& batch) {
  state_->Bind(pass, batch);
  state_->Forward(pass);
}

ConstMatView Plan::Output(Index task) const {
  return state_->OutputView(task);
}

ConstMatView Plan::Kept(Value value) const {
  return state_->ValueView(value);
}

MatView Plan::OutputGradient(Index task) {
  assert(state_->trains());
  return state_->OutputGradientView(task);
}

void Plan::Backward(const Pass& pass) {
  State& state = *state_;
  assert(state.trains());
  state.SeedGradients();
  state.Backward(pass, state.layout.backward);
  state.SetGradients(pass, state.layout.own_tiles, state.OnlyLane());
  switch (state.options.route) {
    case Route::kGramian:
      return state.FillGramian(pass);
    case Route::kGradients:
      return state.FillBlocks(pass);
    default:
      state.SetGradients(pass, state.layout.shared_tiles, state.OnlyLane());
  }
}

Mat<const double> Plan::Gramian() const {
  const Index tasks = state_->network.task_count();
  return {state_->gramian.data(), tasks, tasks};
}

void Plan::Combine(const Pass& pass, std::span<const double> weights) {
  State& state = *state_;
  assert(state.options.route == Route::kGramian);
  if (!state.at_representation()) {
    state.CombineAtParameters(pass, weights);
    return;
  }
  for (const Value value : state.network.representation()) {
    state.CombineLanes(value, weights);
  }
  state.BackwardCombined(pass);
}

std::span<const GradientBlock> Plan::Gradients() const {
  return state_->blocks;
}

void Plan::Finish(const Pass& pass) {
  assert(state_->options.route == Route::kGradients);
  if (state_->at_representation()) state_->BackwardCombined(pass);
}

std::span<Real> Plan::gradient() {
  return state_->gradient;
}

Index Plan::work_per_row() const {
  return state_->layout.work_per_row;
}

Index Plan::bytes() const {
  return static_cast<Index>(sizeof(Real)) * std::ssize(state_->arena);
}

std::string Plan::Describe() const {
  return state_->layout.Describe(state_->network, state_->options);
}

}  // namespace mtlkit
