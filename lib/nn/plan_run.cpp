// Passes of a plan through values.
#include "base/error.h"
#include "nn/plan_state.h"

namespace mtlkit {
namespace {

// Few columns a task: a call for each row would cost more than the copy.
void CopyColumns(ConstMatView from, Index from_col, MatView to, Index to_col,
                 Index cols) {
  for (Index row = 0; row < from.rows; ++row) {
    const Real* source = from.Row(row) + from_col;
    Real* target = to.Row(row) + to_col;
    for (Index col = 0; col < cols; ++col) target[col] = source[col];
  }
}

void AddColumns(ConstMatView from, MatView to, Index to_col) {
  for (Index row = 0; row < from.rows; ++row) {
    Real* into = to.Row(row) + to_col;
    for (Index col = 0; col < from.cols; ++col) into[col] += from(row, col);
  }
}

[[noreturn]] void FailTooLong(Index tokens, Index most) {
  Fail(ErrorKind::kBug,
       Str("a batch of ", tokens, " tokens; there is room for ", most));
}

}  // namespace

void PlanState::SizeViews() {
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Node& node = network.nodes()[i];
    NodeViews& view = views[i];
    view.x.resize(node.inputs.size());
    view.w.resize(node.params.size());
    view.buffers.resize(node.buffers.size());
    view.dx.resize(node.inputs.size());
    view.prepared = Piece(layout.nodes[i].prepared);
    view.saved = Piece(layout.nodes[i].saved);
    if (trains() && node.layer->traits().has_penalty) {
      view.penalty.resize(At(PlanOf(node.output).lanes));
    }
    if (!PlanOf(node.output).split) continue;
    for (const Index task : PlanOf(node.output).tasks) {
      view.lane_columns.push_back(network.output(task).columns);
    }
  }
}

void PlanState::SizeBlocks() {
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

void PlanState::Bind(const Pass& pass, const Batch& batch) {
  assert(batch.rows >= 1 && batch.rows <= options.capacity);
  assert(std::ssize(batch.inputs) == network.input_count());
  BindRows(batch);
  Index work = 0;
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    work += PlanOf(i).work * RowsOf(network.node(i).inputs[0]);
  }
  work *= trains() ? 6 : 2;
  workers = options.pool == nullptr ? 1 : options.pool->ThreadsFor(work);
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    BindNode(i, pass, batch);
  }
}

void PlanState::BindRows(const Batch& batch) {
  rows = batch.rows;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (!network.values()[i].space.is_ragged()) continue;
    offsets[i] = batch.inputs[i].row_starts;
    assert(std::ssize(offsets[i]) == rows + 1);
    const Index tokens = offsets[i].back();
    if (tokens > options.tokens[i]) FailTooLong(tokens, options.tokens[i]);
  }
}

void PlanState::BindNode(Index i, const Pass& pass, const Batch& batch) {
  const Node& node = network.node(i);
  NodeViews& view = ViewsOf(i);
  view.extent = ExtentOf(node.output);
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

Operand PlanState::BindOperand(Value value, const Batch& batch) {
  const ValueInfo& info = network.info(value);
  const Extent extent = ExtentOf(value);
  if (info.input < 0) return {ValueView(value), nullptr, extent};
  const InputBatch& input = batch.inputs[At(info.input)];
  assert(input.kind == info.kind);
  const Index count = extent.Begin(rows);
  if (!info.is_numbers) {
    return {{nullptr, count, info.cols}, &input, extent};
  }
  assert(input.dense.rows == count && input.dense.cols == info.cols);
  return {input.dense, nullptr, extent};
}

Lanes PlanState::BindGradient(Index i, std::size_t j) {
  const OperandPlan& operand = PlanOf(i).operands[j];
  if (!operand.wanted) return {};
  const Value value = network.node(i).inputs[j];
  Lanes lanes = {Piece(operand.piece), std::ssize(operand.lanes), RowsOf(value),
                 Cols(value)};
  if (operand.direct) {
    lanes.data = GradientOf(value).Lane(operand.first_lane).data;
  }
  return lanes;
}

void PlanState::Forward(const Pass& pass) {
  ForTiles(std::ssize(network.nodes()), [&](Index i, Index) {
    network.node(i).layer->Prepare(pass, ViewsOf(i).w, PlanOf(i).input_gradient,
                                   ViewsOf(i).prepared);
  });
  for (const Region& region : layout.forward) {
    ForRegion(region, [&](Index first, Index count, Index slot) {
      for (const Index i : region.nodes) {
        const RowRange range = RangeFor(i, first, count);
        if (range.count == 0) continue;  // no text has a token
        ForwardArgs args = ArgsFor<ForwardArgs>(i, range, slot);
        args.y = ViewsOf(i).y;
        network.node(i).layer->Forward(PassOf(pass, i), args);
      }
    });
  }
  AddPenalties(pass);
  for (Index task = 0; task < network.task_count(); ++task) {
    const OutputInfo& output = network.output(task);
    if (layout.tasks[At(task)].output < 0) continue;
    CopyColumns(ValueView(output.value), output.columns.first, OutputView(task),
                0, output.columns.count);
  }
}

void PlanState::AddPenalties(const Pass& pass) {
  std::ranges::fill(penalties, 0.0);
  std::ranges::fill(penalty_factors, 1.0);
  if (pass.mode != Mode::kTraining) return;
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    if (ViewsOf(i).penalty.empty()) continue;
    const Node& node = network.node(i);
    const double penalty = node.layer->Penalty(
        pass, ArgsFor<LayerArgs>(i, RangeFor(i, 0, rows), 0));
    const std::vector<Index>& tasks = network.info(node.output).tasks;
    for (const Index task : tasks) {
      penalties[At(task)] += penalty / static_cast<double>(tasks.size());
    }
  }
}

// The share of a task goes into its lane, those of all into a single one.
void PlanState::SetPenaltyLanes() {
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    std::vector<double>& lanes = ViewsOf(i).penalty;
    std::ranges::fill(lanes, 0.0);
    if (lanes.empty()) continue;
    const std::vector<Index>& tasks =
        network.info(network.node(i).output).tasks;
    for (std::size_t k = 0; k < tasks.size(); ++k) {
      lanes[lanes.size() == 1 ? 0 : k] +=
          penalty_factors[At(tasks[k])] / static_cast<double>(tasks.size());
    }
  }
}

MatView PlanState::OutputView(Index task) {
  const OutputInfo& output = network.output(task);
  const Index piece = layout.tasks[At(task)].output;
  if (piece < 0) return ValueView(output.value);
  return {Piece(piece), RowsOf(output.value), output.columns.count};
}

MatView PlanState::OutputGradientView(Index task) {
  const OutputInfo& output = network.output(task);
  const Index piece = layout.tasks[At(task)].gradient;
  if (piece < 0) return GradientOf(output.value).Lane(0);
  return {Piece(piece), RowsOf(output.value), output.columns.count};
}

void PlanState::SeedGradients() {
  SetPenaltyLanes();
  for (Index task = 0; task < network.task_count(); ++task) {
    const TaskPlan& plan = layout.tasks[At(task)];
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

MatView PlanState::SeedLane(Value value, Index task) {
  const ValuePlan& plan = PlanOf(value);
  const bool one = plan.tasks.empty() || plan.split;
  const auto lane = std::ranges::find(plan.tasks, task) - plan.tasks.begin();
  return GradientOf(value).Lane(one ? 0 : lane);
}

void PlanState::Backward(const Pass& pass, const std::vector<Region>& regions) {
  for (const Region& region : regions) {
    ForRegion(region, [&](Index first, Index count, Index slot) {
      for (const Index i : region.nodes) {
        BackwardNode(pass, i, first, count, slot);
      }
    });
  }
}

void PlanState::BackwardNode(const Pass& pass, Index i, Index first,
                             Index count, Index slot) {
  const Node& node = network.node(i);
  NodeViews& view = ViewsOf(i);
  const RowRange range = RangeFor(i, first, count);
  if (range.count == 0) return;
  BackwardArgs args = ArgsFor<BackwardArgs>(i, range, slot);
  args.y = view.y;
  args.dy = view.dy;
  args.lane_columns = view.lane_columns;
  args.dx = view.dx;
  if (pass.mode == Mode::kTraining) args.penalty = view.penalty;
  node.layer->Backward(PassOf(pass, i), args);
  for (std::size_t j = 0; j < node.inputs.size(); ++j) {
    const OperandPlan& operand = PlanOf(i).operands[j];
    if (operand.piece < 0) continue;
    const RowRange part = RangeIn(view.x[j].extent, first, count);
    for (std::size_t lane = 0; lane < operand.lanes.size(); ++lane) {
      AddRows(view.dx[j].Lane(static_cast<Index>(lane)),
              GradientOf(node.inputs[j]).Lane(operand.lanes[lane]), part.first,
              part.count, operand.adds[lane]);
    }
  }
}

void PlanState::AddRows(ConstMatView from, MatView to, Index first, Index count,
                        bool add) const {
  const Real* source = from.Row(first);
  Real* target = to.Row(first);
  if (add) {
    kernels.add(source, target, target, count * from.cols);
  } else {
    std::copy_n(source, count * from.cols, target);
  }
}

}  // namespace mtlkit
