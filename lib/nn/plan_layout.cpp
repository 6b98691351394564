#include "nn/plan_layout.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/error.h"
#include "nn/arena.h"

namespace mtlkit {
namespace {

class Planner {
 public:
  Planner(const Network& network, const PlanOptions& options,
          PlanLayout* layout)
      : network_(network), options_(options), layout_(*layout) {}

  void Run() {
    layout_.nodes.resize(network_.nodes().size());
    layout_.values.resize(network_.values().size());
    layout_.tasks.resize(static_cast<std::size_t>(network_.task_count()));
    CheckRepresentation();
    PlaceForward();
    if (trains()) {
      FindGradients();
      PlaceTasks();
      for (Index i = node_count() - 1; i >= 0; --i) PlaceOperands(i);
      PlaceParams();
    } else {
      PlaceTasks();
    }
    FindRegions();
    ArrangeArena(Boundaries(), &layout_.pieces, &layout_.arena_size);
  }

 private:
  // Moments at which pieces are in use. Forward: the number of the node.
  Index LossTime() const { return node_count(); }
  Index BackwardTime(Index node) const {
    return (PlanOfNode(node).combined ? 4 : 2) * node_count() - node;
  }
  Index ParamTime() const { return 5 * node_count(); }

  bool trains() const { return options_.route != Route::kForward; }
  bool by_task() const {
    return options_.route == Route::kGramian ||
           options_.route == Route::kGradients;
  }
  bool at_representation() const {
    return by_task() && options_.at == GradientsAt::kRepresentation;
  }
  Index node_count() const { return std::ssize(network_.nodes()); }
  NodePlan& PlanOfNode(Index i) const {
    return layout_.nodes[static_cast<std::size_t>(i)];
  }
  ValuePlan& PlanOf(Value value) const {
    return layout_.values[static_cast<std::size_t>(value.id)];
  }
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
    Index& death = layout_.pieces[static_cast<std::size_t>(piece)].death;
    death = std::max(death, time);
  }

  void CheckRepresentation() {
    if (!at_representation() || !network_.representation().empty()) return;
    for (const Node& node : network_.nodes()) {
      Require(!IsShared(node), ErrorKind::kUsage,
              "groups of tasks branch from one another, so the network has no "
              "single representation",
              "take gradients at the parameters");
    }
  }

  void PlaceForward() {
    for (Index i = 0; i < node_count(); ++i) {
      const Node& node = network_.node(i);
      const std::vector<Index> cols = InputCols(node);
      NodePlan& plan = PlanOfNode(i);
      PlanOf(node.output).value =
          WorksInPlace(node) ? PlanOf(node.inputs[0]).value
                             : AddPieceLike(node.output, node.name, 1, i, i);
      plan.saved = AddPiece(node.name + " saved",
                            node.layer->SavedSize(InputRows(node), cols), i,
                            trains() ? ParamTime() : i);
      plan.by_group = node.layer->traits().by_group;
      plan.work = node.layer->WorkPerRow(cols);
      for (const Value input : node.inputs) KeepUntil(PlanOf(input).value, i);
      KeepUntil(PlanOf(node.output).value, i);
      layout_.scratch_size = std::max(
          layout_.scratch_size,
          node.layer->ScratchSize(cols, by_task() ? network_.task_count() : 1));
      work_ += plan.work * InputRows(node);
    }
    layout_.work_per_row = work_ / options_.capacity;
    for (const Value value : options_.keep) {
      KeepUntil(PlanOf(value).value, ParamTime());
    }
  }

  // Whether nobody else needs the input of a layer that can work in place.
  bool HasInputToItself(const Node& node) const {
    if (!node.layer->traits().in_place) return false;
    const Value input = node.inputs[0];
    const ValueInfo& info = network_.info(input);
    for (const Index task : info.tasks) {
      if (network_.output(task).value == input) return false;
    }
    return info.node >= 0 && info.readers.size() == 1 &&
           std::ranges::find(options_.keep, input) == options_.keep.end();
  }
  bool WorksInPlace(const Node& node) const {
    if (!HasInputToItself(node)) return false;
    const Index maker = network_.info(node.inputs[0]).node;
    return !trains() || !(node.layer->traits().reads_input ||
                          network_.node(maker).layer->traits().reads_output);
  }

  // Which nodes take part in the backward pass, and in how many lanes.
  void FindGradients() {
    for (Index i = 0; i < node_count(); ++i) {
      const Node& node = network_.node(i);
      NodePlan& plan = PlanOfNode(i);
      const ValueInfo& info = network_.info(node.output);
      plan.combined = at_representation() && IsShared(node);
      for (const Value input : node.inputs) {
        const Index maker = network_.info(input).node;
        OperandPlan& operand = plan.operands.emplace_back();
        operand.wanted = maker >= 0 && PlanOfNode(maker).backward;
        plan.input_gradient |= operand.wanted;
      }
      plan.backward =
          !info.tasks.empty() && (!node.params.empty() || plan.input_gradient);
      if (!plan.backward) continue;
      ValuePlan& value = PlanOf(node.output);
      value.split = by_task() && node.split_by_task;
      const bool one = !by_task() || (plan.combined && !IsParting(node.output));
      if (!one) value.tasks = info.tasks;
      if (!one && !value.split) value.lanes = std::ssize(info.tasks);
      const bool in_place = HasInputToItself(node) && node.params.empty() &&
                            !IsParting(node.output);
      value.gradient =
          in_place
              ? PlanOf(node.inputs[0]).gradient
              : AddPieceLike(node.output, node.name + " gradient", value.lanes,
                             BackwardTime(i), BackwardTime(i));
      KeepUntil(value.gradient,
                node.params.empty() ? BackwardTime(i) : ParamTime());
      KeepForBackward(i);
    }
  }

  // What the backward functions of a node read.
  void KeepForBackward(Index i) {
    const Node& node = network_.node(i);
    const LayerTraits traits = node.layer->traits();
    const Index last = node.params.empty() ? BackwardTime(i) : ParamTime();
    if (traits.reads_output) {
      KeepUntil(PlanOf(node.output).value, BackwardTime(i));
    }
    if (traits.reads_input) {
      for (const Value input : node.inputs) {
        KeepUntil(PlanOf(input).value, last);
      }
    }
    if (IsParting(node.output)) {
      PlanOf(node.output).combined =
          AddPieceLike(node.output, node.name + " combined", 1,
                       3 * node_count() - 1, ParamTime());
      KeepUntil(PlanOf(node.output).gradient, ParamTime());
    }
  }

  // A task that has all columns of a value to itself uses the value's memory.
  void PlaceTasks() {
    lane_set_.resize(network_.values().size());
    for (std::size_t v = 0; v < lane_set_.size(); ++v) {
      lane_set_[v].resize(static_cast<std::size_t>(layout_.values[v].lanes));
    }
    for (Index task = 0; task < network_.task_count(); ++task) {
      const OutputInfo& output = network_.output(task);
      const ValueInfo& info = network_.info(output.value);
      ValuePlan& value = PlanOf(output.value);
      TaskPlan& plan = layout_.tasks[static_cast<std::size_t>(task)];
      const std::string what = Str("output ", task);
      const Index size = options_.capacity * output.columns.count;
      KeepUntil(value.value, LossTime());
      const bool whole = output.columns.count == info.cols;
      if (!whole) {
        plan.output = AddPiece(what, size, LossTime(), LossTime());
      }
      KeepUntil(whole ? value.value : plan.output, ParamTime());
      if (!trains()) continue;
      if (!whole || info.tasks.size() > 1) {
        plan.gradient =
            AddPiece(what + " gradient", size, LossTime(), LossTime() + 1);
      }
      plan.first = true;
      for (Index other = 0; other < task; ++other) {
        plan.first &= network_.output(other).value != output.value;
      }
      MarkSeed(output.value, task);
    }
  }

  void MarkSeed(Value value, Index task) {
    const ValuePlan& plan = PlanOf(value);
    if (plan.gradient < 0) return;
    layout_.pieces[static_cast<std::size_t>(plan.gradient)].birth = LossTime();
    std::vector<bool>& set = lane_set_[static_cast<std::size_t>(value.id)];
    if (plan.tasks.empty() || plan.split) {
      set[0] = true;
    } else {
      set[static_cast<std::size_t>(LaneOf(plan, task))] = true;
    }
  }

  static Index LaneOf(const ValuePlan& plan, Index task) {
    return std::ranges::find(plan.tasks, task) - plan.tasks.begin();
  }

  // Lanes of `value` that the lanes of the gradient of `output` go to.
  std::vector<Index> TargetLanes(Value output, Value value) const {
    const ValuePlan& to = PlanOf(value);
    const ValuePlan& from = PlanOf(output);
    if (to.tasks.empty() || IsParting(output)) return {0};
    std::vector<Index> lanes;
    for (const Index task : from.tasks) lanes.push_back(LaneOf(to, task));
    return lanes;
  }

  // Nodes come last to first, so the first writer of a lane sets it.
  void PlaceOperands(Index i) {
    const Node& node = network_.node(i);
    NodePlan& plan = PlanOfNode(i);
    if (!plan.backward) return;
    for (std::size_t j = 0; j < node.inputs.size(); ++j) {
      OperandPlan& operand = plan.operands[j];
      if (!operand.wanted) continue;
      const Value value = node.inputs[j];
      const ValuePlan& target = PlanOf(value);
      std::vector<bool>& set = lane_set_[static_cast<std::size_t>(value.id)];
      operand.lanes = TargetLanes(node.output, value);
      operand.first_lane = operand.lanes[0];
      operand.direct = true;
      for (std::size_t lane = 0; lane < operand.lanes.size(); ++lane) {
        const auto to = static_cast<std::size_t>(operand.lanes[lane]);
        operand.adds.push_back(set[to]);
        operand.direct &=
            !set[to] && operand.lanes[lane] ==
                            operand.first_lane + static_cast<Index>(lane);
        set[to] = true;
      }
      ArenaPiece& gradient =
          layout_.pieces[static_cast<std::size_t>(target.gradient)];
      gradient.birth = std::min(gradient.birth, BackwardTime(i));
      if (operand.direct) continue;
      operand.piece =
          AddPieceLike(value, node.name + " part", std::ssize(operand.lanes),
                       BackwardTime(i), BackwardTime(i));
    }
  }

  void PlaceParams() {
    const Layout& weights = *network_.weights();
    layout_.users.resize(weights.slices().size());
    for (Index i = 0; i < node_count(); ++i) {
      const Node& node = network_.node(i);
      if (!PlanOfNode(i).backward) continue;
      for (const Index slice : node.params) {
        layout_.users[static_cast<std::size_t>(slice)].push_back(i);
      }
      CombineLanes(i);
    }
    FindTiles(network_, options_, &layout_);
    if (options_.route == Route::kGradients && !at_representation()) {
      layout_.jacobian = AddPiece("task gradients",
                                  network_.task_count() * weights.shared_size(),
                                  ParamTime(), ParamTime());
    }
  }

  // The Gramian's combination is made of the gradients of layer outputs.
  void CombineLanes(Index i) {
    const Node& node = network_.node(i);
    const Layout& weights = *network_.weights();
    const bool shares = std::ranges::any_of(
        node.params, [&](Index slice) { return weights.slice(slice).shared; });
    if (options_.route != Route::kGramian || at_representation() || !shares) {
      return;
    }
    PlanOf(node.output).combined = AddPieceLike(
        node.output, node.name + " combined", 1, ParamTime(), ParamTime());
  }

  void FindRegions() {
    for (Index i = 0; i < node_count(); ++i) AddTo(i, &layout_.forward);
    for (Index i = node_count() - 1; i >= 0; --i) {
      if (!PlanOfNode(i).backward) continue;
      AddTo(i, PlanOfNode(i).combined ? &layout_.combined_backward
                                      : &layout_.backward);
    }
    for (Index i = 0; i < node_count(); ++i) {
      const Node& node = network_.node(i);
      PlanOfNode(i).prepared =
          AddPiece(node.name + " prepared",
                   node.layer->PreparedSize(InputCols(node),
                                            PlanOfNode(i).input_gradient),
                   0, ParamTime());
    }
  }

  void AddTo(Index i, std::vector<Region>* regions) const {
    const bool by_rows = !network_.node(i).layer->traits().mixes_rows;
    if (regions->empty() || !by_rows || !regions->back().by_rows) {
      regions->push_back({{}, by_rows});
    }
    Region& region = regions->back();
    region.nodes.push_back(i);
    for (const Value input : network_.node(i).inputs) {
      Limit(network_.info(input), &region);
    }
    Limit(network_.info(network_.node(i).output), &region);
  }

  // Pixels and tokens of few rows of the batch are as much work as many rows.
  void Limit(const ValueInfo& info, Region* region) const {
    if (info.space == Space{}) return;
    const Index bytes = static_cast<Index>(sizeof(Real)) * info.cols *
                        RowsOf(info.space) / options_.capacity;
    region->least_rows = 1;
    region->most_rows = std::clamp<Index>(
        kBlockBytes / std::max<Index>(bytes, 1), 1, region->most_rows);
  }

  // The last moment of each region, ascending.
  std::vector<Index> Boundaries() const {
    std::vector<Index> ends;
    for (const Region& region : layout_.forward) {
      ends.push_back(region.nodes.back());
    }
    ends.push_back(LossTime());
    for (const auto* regions :
         {&layout_.backward, &layout_.combined_backward}) {
      for (const Region& region : *regions) {
        ends.push_back(BackwardTime(region.nodes.back()));
      }
      ends.push_back((regions == &layout_.backward ? 3 : 5) * node_count() - 1);
    }
    ends.push_back(ParamTime());
    return ends;
  }

  const Network& network_;
  const PlanOptions& options_;
  PlanLayout& layout_;
  // For each value, the lanes of its gradient that are set so far.
  std::vector<std::vector<bool>> lane_set_;
  Index work_ = 0;  // multiply-adds of a full batch
};

}  // namespace

PlanLayout::PlanLayout(const Network& network, const PlanOptions& options) {
  Planner(network, options, this).Run();
}

}  // namespace mtlkit
