// What a forward pass needs, and where tasks are seen.
#include "base/error.h"
#include "nn/planner.h"

namespace mtlkit {

void Planner::PlaceForward() {
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
    layout_.scratch_size =
        std::max(layout_.scratch_size,
                 node.layer->ScratchSize(
                     cols, tells_tasks() ? network_.task_count() : 1));
    work_ += plan.work * InputRows(node);
  }
  layout_.work_per_row = work_ / options_.capacity;
  for (const Value value : options_.keep) {
    KeepUntil(PlanOf(value).value, ParamTime());
  }
}

bool Planner::HasInputToItself(const Node& node) const {
  if (!node.layer->traits().in_place) return false;
  const Value input = node.inputs[0];
  const ValueInfo& info = network_.info(input);
  for (const Index task : info.tasks) {
    if (network_.output(task).value == input) return false;
  }
  return info.node >= 0 && info.readers.size() == 1 &&
         std::ranges::find(options_.keep, input) == options_.keep.end();
}
bool Planner::WorksInPlace(const Node& node) const {
  if (!HasInputToItself(node)) return false;
  const Index maker = network_.info(node.inputs[0]).node;
  return !trains() || !(node.layer->traits().reads_input ||
                        network_.node(maker).layer->traits().reads_output);
}

void Planner::PlaceTasks() {
  lane_set_.resize(network_.values().size());
  for (std::size_t v = 0; v < lane_set_.size(); ++v) {
    lane_set_[v].resize(At(layout_.values[v].lanes));
  }
  for (Index task = 0; task < network_.task_count(); ++task) {
    const OutputInfo& output = network_.output(task);
    const ValueInfo& info = network_.info(output.value);
    ValuePlan& value = PlanOf(output.value);
    TaskPlan& plan = layout_.tasks[At(task)];
    const std::string what = Str("output ", task);
    const Index size = RowsOf(info.space) * output.columns.count;
    KeepUntil(value.value, LossTime());
    const bool whole = output.columns.count == info.cols;
    if (!whole) {
      plan.output = AddPiece(what, size, LossTime(), LossTime());
    }
    KeepUntil(whole ? value.value : plan.output, ParamTime());
    if (!trains()) continue;
    if (!whole || info.tasks.size() > 1 || value.gradient < 0) {
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

}  // namespace mtlkit
