// Gradients of values, their lanes, and how those that meet are summed.
#include <algorithm>

#include "base/error.h"
#include "nn/planner.h"

namespace mtlkit {

void Planner::CheckRepresentation() const {
  if (!at_representation() || !network_.representation().empty()) return;
  const bool tied = std::ranges::any_of(network_.nodes(), [](const Node& node) {
    return node.params_of != node.name;
  });
  for (const Node& node : network_.nodes()) {
    Require(!IsShared(node), ErrorKind::kUsage,
            Str(tied ? "layers of several tasks have the same parameters"
                     : "groups of tasks branch from one another",
                ", so the network has no single representation"),
            "take gradients at the parameters");
  }
}

void Planner::FindGradients() {
  for (Index i = 0; i < node_count(); ++i) {
    const Node& node = network_.node(i);
    NodePlan& plan = PlanOfNode(i);
    const ValueInfo& info = network_.info(node.output);
    plan.combined = at_representation() && IsShared(node);
    for (const Value input : node.inputs) {
      const Index maker = network_.info(input).node;
      OperandPlan& operand = plan.operands.emplace_back();
      operand.wanted = maker >= 0 && PlanOfNode(maker).backward &&
                       !node.layer->traits().stops_gradient;
      plan.input_gradient |= operand.wanted;
    }
    // Below the lowest slice that learns nobody wants a gradient.
    plan.backward =
        !info.tasks.empty() &&
        (Learns(node) || plan.input_gradient || IsParting(node.output));
    if (!plan.backward) continue;
    ValuePlan& value = PlanOf(node.output);
    value.split = by_task() && node.split_by_task;
    const bool one = !by_task() || (plan.combined && !IsParting(node.output));
    if (!one) value.tasks = info.tasks;
    if (!one && !value.split) value.lanes = std::ssize(info.tasks);
    const bool in_place = HasInputToItself(node) && node.params.empty() &&
                          !IsParting(node.output);
    value.gradient =
        in_place ? PlanOf(node.inputs[0]).gradient
                 : AddPieceLike(node.output, node.name + " gradient",
                                value.lanes, BackwardTime(i), BackwardTime(i));
    KeepUntil(value.gradient, Learns(node) ? ParamTime() : BackwardTime(i));
    KeepForBackward(i);
  }
}

void Planner::KeepForBackward(Index i) {
  const Node& node = network_.node(i);
  const LayerTraits traits = node.layer->traits();
  const Index last = Learns(node) ? ParamTime() : BackwardTime(i);
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

void Planner::MarkSeed(Value value, Index task) {
  const ValuePlan& plan = PlanOf(value);
  if (plan.gradient < 0) return;
  layout_.pieces[At(plan.gradient)].birth = LossTime();
  std::vector<bool>& set = lane_set_[At(value.id)];
  if (plan.tasks.empty() || plan.split) {
    set[0] = true;
  } else {
    set[At(LaneOf(plan, task))] = true;
  }
}

Index Planner::LaneOf(const ValuePlan& plan, Index task) {
  return std::ranges::find(plan.tasks, task) - plan.tasks.begin();
}

std::vector<Index> Planner::TargetLanes(Value output, Value value) const {
  const ValuePlan& to = PlanOf(value);
  const ValuePlan& from = PlanOf(output);
  if (to.tasks.empty() || IsParting(output)) return {0};
  std::vector<Index> lanes;
  for (const Index task : from.tasks) lanes.push_back(LaneOf(to, task));
  return lanes;
}

void Planner::PlaceOperands(Index i) {
  const Node& node = network_.node(i);
  NodePlan& plan = PlanOfNode(i);
  if (!plan.backward) return;
  for (std::size_t j = 0; j < node.inputs.size(); ++j) {
    OperandPlan& operand = plan.operands[j];
    if (!operand.wanted) continue;
    const Value value = node.inputs[j];
    const ValuePlan& target = PlanOf(value);
    std::vector<bool>& set = lane_set_[At(value.id)];
    operand.lanes = TargetLanes(node.output, value);
    operand.first_lane = operand.lanes[0];
    operand.direct = true;
    for (std::size_t lane = 0; lane < operand.lanes.size(); ++lane) {
      const auto to = At(operand.lanes[lane]);
      operand.adds.push_back(set[to]);
      operand.direct &=
          !set[to] &&
          operand.lanes[lane] == operand.first_lane + static_cast<Index>(lane);
      set[to] = true;
    }
    ArenaPiece& gradient = layout_.pieces[At(target.gradient)];
    gradient.birth = std::min(gradient.birth, BackwardTime(i));
    if (operand.direct) continue;
    operand.piece =
        AddPieceLike(value, node.name + " part", std::ssize(operand.lanes),
                     BackwardTime(i), BackwardTime(i));
  }
}

void Planner::PlaceParams() {
  const Layout& weights = *network_.weights();
  layout_.users.resize(weights.slices().size());
  for (Index i = 0; i < node_count(); ++i) {
    const Node& node = network_.node(i);
    if (!PlanOfNode(i).backward) continue;
    for (const Index slice : node.params) {
      layout_.users[At(slice)].push_back(i);
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

void Planner::CombineLanes(Index i) {
  const Node& node = network_.node(i);
  const Layout& weights = *network_.weights();
  const bool shares = std::ranges::any_of(node.params, [&](Index slice) {
    return weights.slice(slice).shared &&
           (options_.frozen.empty() || !options_.frozen[At(slice)]);
  });
  if (options_.route != Route::kGramian || at_representation() || !shares ||
      options_.lane_rows) {
    return;
  }
  PlanOf(node.output).combined = AddPieceLike(
      node.output, node.name + " combined", 1, ParamTime(), ParamTime());
}

}  // namespace mtlkit
