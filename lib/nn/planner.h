#pragma once

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>
#include <vector>

#include "nn/plan_layout.h"

namespace mtlkit {

// Decides a PlanLayout, step by step in the order of Run: what a forward pass
// needs (planner_forward.cpp), gradients and their lanes
// (planner_gradients.cpp), what runs together (planner_regions.cpp).
class Planner {
 public:
  Planner(const Network& network, const PlanOptions& options,
          PlanLayout* layout)
      : network_(network), options_(options), layout_(*layout) {}

  void Run();

 private:
  // Moments at which pieces are in use. Forward: the number of the node.
  Index LossTime() const { return node_count(); }
  Index BackwardTime(Index node) const {
    return (PlanOfNode(node).combined ? 4 : 2) * node_count() - node;
  }
  Index ParamTime() const { return 5 * node_count(); }

  bool trains() const { return options_.route != Route::kForward; }
  // Whether the tasks' gradients are told apart, and whether by a lane each.
  bool tells_tasks() const {
    return options_.route == Route::kGramian ||
           options_.route == Route::kGradients;
  }
  bool by_task() const { return tells_tasks() && !options_.lane_rows; }
  bool at_representation() const {
    return tells_tasks() && options_.at == GradientsAt::kRepresentation;
  }
  // Whether some parameter of a layer gets a gradient.
  bool Learns(const Node& node) const {
    return !node.params.empty() && !IsFrozen(node, options_.frozen);
  }
  Index node_count() const { return std::ssize(network_.nodes()); }
  NodePlan& PlanOfNode(Index i) const { return layout_.nodes[At(i)]; }
  ValuePlan& PlanOf(Value value) const { return layout_.values[At(value.id)]; }
  bool IsParting(Value value) const {
    return at_representation() &&
           std::ranges::find(network_.representation(), value) !=
               network_.representation().end();
  }
  bool IsShared(const Node& node) const {
    return network_.info(node.output).tasks.size() > 1 && !node.split_by_task;
  }
  std::vector<Index> InputCols(const Node& node) const {
    std::vector<Index> cols;
    for (const Value input : node.inputs) {
      cols.push_back(network_.info(input).cols);
    }
    return cols;
  }

  Index AddPiece(std::string what, Index size, Index birth, Index death) {
    if (size == 0) return -1;
    layout_.pieces.push_back({.what = std::move(what),
                              .size = PaddedSize(size),
                              .birth = birth,
                              .death = death});
    return std::ssize(layout_.pieces) - 1;
  }
  // `lanes` blocks of the shape of a value.
  Index AddPieceLike(Value value, std::string what, Index lanes, Index birth,
                     Index death) {
    const ValueInfo& info = network_.info(value);
    const Index index = AddPiece(
        std::move(what), RowsOf(info.space) * info.cols * lanes, birth, death);
    ArenaPiece& piece = layout_.pieces[At(index)];
    piece.tokens = info.space.input;
    piece.cols = info.cols * (piece.tokens < 0 ? info.space.per_row() : 1);
    return index;
  }
  // The largest number of rows of values in a space.
  Index RowsOf(const Space& space) const {
    if (!space.is_ragged()) return options_.capacity * space.per_row();
    assert(std::ssize(options_.tokens) == network_.input_count());
    return std::max<Index>(1, options_.tokens[At(space.input)]);
  }
  Index InputRows(const Node& node) const {
    return RowsOf(network_.info(node.inputs[0]).space);
  }
  void KeepUntil(Index piece, Index time) {
    if (piece < 0) return;
    Index& death = layout_.pieces[At(piece)].death;
    death = std::max(death, time);
  }

  // Forward.
  void PlaceForward();
  // Whether nobody else needs the input of a layer that can work in place.
  bool HasInputToItself(const Node& node) const;
  bool WorksInPlace(const Node& node) const;
  // A task that has all columns of a value to itself uses the value's memory.
  void PlaceTasks();

  // Backward.
  void CheckRepresentation() const;
  // Which nodes take part in the backward pass, and in how many lanes.
  void FindGradients();
  // What the backward functions of a node read.
  void KeepForBackward(Index i);
  void MarkSeed(Value value, Index task);
  static Index LaneOf(const ValuePlan& plan, Index task);
  // Lanes of `value` that the lanes of the gradient of `output` go to.
  std::vector<Index> TargetLanes(Value output, Value value) const;
  // Nodes come last to first, so the first writer of a lane sets it.
  void PlaceOperands(Index i);
  void PlaceParams();
  // The Gramian's combination is made of the gradients of layer outputs.
  void CombineLanes(Index i);

  // Order.
  void FindRegions();
  void AddTo(Index i, std::vector<Region>* regions) const;
  // Pixels and tokens of few rows of the batch are as much work as many rows.
  void Limit(const ValueInfo& info, Region* region) const;
  // The last moment of each region, ascending.
  std::vector<Index> Boundaries() const;

  const Network& network_;
  const PlanOptions& options_;
  PlanLayout& layout_;
  // For each value, the lanes of its gradient that are set so far.
  std::vector<std::vector<bool>> lane_set_;
  Index work_ = 0;  // multiply-adds of a full batch
};

}  // namespace mtlkit
