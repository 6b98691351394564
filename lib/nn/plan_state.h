#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "nn/plan_layout.h"

namespace mtlkit {

// What a node's layer is called with, for the current batch.
struct NodeViews {
  Extent extent;  // of y
  std::vector<Operand> x;
  std::vector<ConstMatView> w;
  std::vector<MatView> buffers;
  MatView y;
  Real* prepared = nullptr;
  Real* saved = nullptr;
  Lanes dy;
  std::vector<Lanes> dx;
  std::vector<ColumnRange> lane_columns;
  std::vector<double> penalty;  // one a lane of dy; empty: it has none
};

// A plan at work: its memory, and the views of the current batch.
// plan_run.cpp holds the passes through values, plan_params.cpp what concerns
// parameters and the combination of tasks.
class PlanState {
 public:
  PlanState(const Network& network_in, const PlanOptions& options_in)
      : network(network_in),
        options(options_in),
        layout(network_in, options_in),
        kernels(ActiveKernels()),
        slot_size(PaddedSize(layout.scratch_size) + SumSize()),
        arena(At(layout.arena_size)),
        scratch(At(slot_size * MostThreads())),
        partial_grams(At(layout.partial_grams)),
        views(network_in.nodes().size()),
        offsets(At(network_in.input_count())) {
    if (trains()) {
      gradient.resize(At(network.weights()->size()));
    }
    const auto tasks = At(network.task_count());
    if (options.route == Route::kGramian) gramian.resize(tasks * tasks);
    if (InParts(options.at)) FindParts();
    if (options.lane_rows) {
      assert(RowsCanBeLanes(network, options));
      lane_rows.resize(tasks);
      lane_tasks.reserve(tasks);
      lane_ranges.resize(tasks * At(MostThreads()));
    }
    lane_weights.reserve(tasks);
    penalties.resize(tasks);
    penalty_factors.resize(tasks);
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

  void SizeViews();
  void SizeBlocks();

  // --- Places ------------------------------------------------------------

  Real* Piece(Index piece) {
    if (piece < 0) return nullptr;
    return arena.data() + layout.pieces[At(piece)].offset;
  }
  const ValuePlan& PlanOf(Value value) const {
    return layout.values[At(value.id)];
  }
  const NodePlan& PlanOf(Index node) const { return layout.nodes[At(node)]; }
  NodeViews& ViewsOf(Index node) { return views[At(node)]; }
  Index Cols(Value value) const { return network.info(value).cols; }

  Extent ExtentOf(Value value) const {
    const Space& space = network.info(value).space;
    if (!space.is_ragged()) return {space};
    return {space, offsets[At(space.input)]};
  }
  // Rows of a value in the current batch.
  Index RowsOf(Value value) const { return ExtentOf(value).Begin(rows); }

  MatView ValueView(Value value) {
    return {Piece(PlanOf(value).value), RowsOf(value), Cols(value)};
  }
  Lanes GradientOf(Value value) {
    const ValuePlan& plan = PlanOf(value);
    return {Piece(plan.gradient), plan.lanes, RowsOf(value), Cols(value)};
  }
  Lanes CombinedOf(Value value) {
    return {Piece(PlanOf(value).combined), 1, RowsOf(value), Cols(value)};
  }
  bool IsParting(Value value) const {
    return at_representation() && PlanOf(value).combined >= 0;
  }
  MatView SliceGradient(Index number) {
    const Slice& slice = network.weights()->slice(number);
    return {gradient.data() + slice.offset, slice.spec.rows, slice.spec.cols};
  }

  // --- Before a pass -----------------------------------------------------

  // What layer `i` gets: one whose parameters are all frozen works as in
  // inference, so that its running statistics stay.
  Pass PassOf(const Pass& pass, Index i) const {
    Pass own = pass;
    if (IsFrozen(network.node(i), options.frozen)) {
      own.mode = Mode::kInference;
    }
    return own;
  }
  void Bind(const Pass& pass, const Batch& batch);
  void BindNode(Index i, const Pass& pass, const Batch& batch);
  void BindRows(const Batch& batch);
  Operand BindOperand(Value value, const Batch& batch);
  Lanes BindGradient(Index i, std::size_t j);

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

  // Calls work(first, count, slot) for blocks of rows of the batch.
  template <class Work>
  void ForBlocks(Index block_rows, Work work) {
    ForTiles((rows + block_rows - 1) / block_rows,
             [&](Index block, Index slot) {
               const Index first = block * block_rows;
               work(first, std::min(block_rows, rows - first), slot);
             });
  }
  // The same for a region: no result depends on where its blocks end.
  template <class Work>
  void ForRegion(const Region& region, Work work) {
    if (!region.by_rows) {
      work(Index{0}, rows, Index{0});
      return;
    }
    // Two blocks a worker, if they are not too small for that.
    const Index even = (rows + 2 * workers - 1) / (2 * workers);
    ForBlocks(
        workers == 1
            ? region.most_rows
            : std::clamp(even, std::min(region.least_rows, region.most_rows),
                         region.most_rows),
        work);
  }

  static RowRange RangeIn(const Extent& extent, Index first, Index count) {
    const Index begin = extent.Begin(first);
    return {begin, extent.Begin(first + count) - begin};
  }
  // What a layer is called with for rows [first, first + count) of the batch.
  RowRange RangeFor(Index i, Index first, Index count) {
    if (PlanOf(i).by_group) return {first, count};
    return RangeIn(ViewsOf(i).extent, first, count);
  }

  template <class Args>
  Args ArgsFor(Index i, RowRange range, Index slot) {
    NodeViews& view = ViewsOf(i);
    Args args;
    args.x = view.x;
    args.w = view.w;
    args.buffers = view.buffers;
    args.prepared = view.prepared;
    args.saved = view.saved;
    args.scratch = scratch.data() + slot * slot_size;
    args.first = range.first;
    args.count = range.count;
    args.node = i;
    return args;
  }
  // Behind a layer's scratch: room for parameter tiles.
  Real* TileScratch(Index slot) {
    return scratch.data() + slot * slot_size + PaddedSize(layout.scratch_size);
  }

  void Forward(const Pass& pass);
  void AddPenalties(const Pass& pass);
  void SetPenaltyLanes();
  MatView OutputView(Index task);
  MatView OutputGradientView(Index task);

  // Puts the tasks' output gradients where the backward pass begins.
  void SeedGradients();
  MatView SeedLane(Value value, Index task);
  void Backward(const Pass& pass, const std::vector<Region>& regions);
  void BackwardNode(const Pass& pass, Index i, Index first, Index count,
                    Index slot);

  void AddRows(ConstMatView from, MatView to, Index first, Index count,
               bool add) const;

  // --- Gradients of parameters -------------------------------------------

  // The gradient of a node's output, and the rows of the batch that count.
  struct OutputGradient {
    ConstMatView dy;  // without data: none
    RowRange rows;
  };

  // Sets `dw` (the rows of a tile) to the sum over the nodes that use the
  // slice of the gradients that follow from `gradient_of(node)`.
  template <class GradientOfNode>
  void SetTile(const Pass& pass, const ParamTile& tile, Index slot,
               GradientOfNode gradient_of, MatView dw);

  Index ParamOf(Index node, Index slice) const;

  // Into `gradient`: what follows from the only lane of each node, or from what
  // its lanes were combined to; of the parameters with this number in their
  // layers, or of all.
  void SetGradients(const Pass& pass, const std::vector<ParamTile>& tiles,
                    bool combined, Index param = -1);

  // The gradient of node i's output that is of task `task`.
  OutputGradient TaskLane(Index i, Index task);

  void SetLaneRows(std::span<const RowRange> of_tasks);
  // The tasks whose lanes the Gramian of a slice is made of: with lane_rows
  // those that are in the batch, if the slice is of all tasks.
  const std::vector<Index>& LanesOf(const Slice& slice) const;
  // Their rows in the space of node i's ranges, until the next call of `slot`.
  std::span<const RowRange> LaneRangesOf(Index i,
                                         const std::vector<Index>& tasks,
                                         Index slot);

  // What Plan::Backward does after the gradients of values.
  void BackwardParams(const Pass& pass);
  void FillGramian(const Pass& pass);
  void TileGramian(const Pass& pass, const ParamTile& tile, Index slot);
  void RepresentationGramian();
  void LaneRowsGramian(Value value);

  // Adds what lies at `begin` of partial_grams to a Gramian of all tasks.
  void AddPartial(const std::vector<Index>& tasks, Index begin, double* into);
  void FillJacobian(const Pass& pass);
  void FillBlocks(const Pass& pass);

  // --- Combination -------------------------------------------------------

  // Sets the combined gradient of a value to the weighted sum of its lanes.
  void CombineLanes(Value value, std::span<const double> weights);

  // The part after the combination at the representation.
  void BackwardCombined(const Pass& pass);
  // With lane_rows: multiplies the rows of each task of the gradient at `from`
  // by its weight.
  void WeighRows(Value value, std::span<const double> weights,
                 ConstMatView from, MatView to);
  void FindParts();
  bool IsFrozenSlice(Index slice) const {
    return !options.frozen.empty() && options.frozen[At(slice)];
  }
  // Of the shared parameters that node i learns; -1: it has none.
  Index PartOf(Index i) const;
  void CombineAtParameters(const Pass& pass, std::span<const double> weights);
  void CombineMatrices(const Pass& pass, std::span<const double> weights);
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
  // Where there are parts: those of each, and the part of each slice, or -1.
  Index part_count = 0;
  std::vector<double> part_gramians;
  std::vector<Index> part_of_slice;
  // lane_rows: the rows of each task, the tasks that have any, and for each
  // thread rows of one space.
  std::vector<RowRange> lane_rows;
  std::vector<Index> lane_tasks;
  std::vector<RowRange> lane_ranges;
  std::vector<double> lane_weights;
  std::vector<NodeViews> views;
  std::vector<double> penalties;        // one a task
  std::vector<double> penalty_factors;  // one a task
  std::vector<GradientBlock> blocks;
  std::vector<Index> all_tasks;
  // Of the current batch: rows, and where tokens begin, one an input block.
  Index rows = 0;
  std::vector<std::span<const Index>> offsets;
  Index workers = 1;  // threads worth using for it
};

}  // namespace mtlkit
