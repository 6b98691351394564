#include "nn/step_runner.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

bool IsAttention(const Node& node) {
  return node.layer->kind() == "attention";
}
bool IsPositions(const Node& node) {
  return node.layer->kind() == "positions";
}

// The same attention, where every query sees all keys: those that there are.
LayerPtr WithoutMask(const Layer& attention) {
  Json options = Json::object();
  JsonWriter writer(&options, true);
  attention.Describe(writer);
  return MakeAttention({.heads = options.at("heads").get<Index>()});
}

std::vector<Index> InputColsOf(const Network& network, const Node& node) {
  std::vector<Index> cols;
  for (const Value input : node.inputs) {
    cols.push_back(network.info(input).cols);
  }
  return cols;
}

// The values that the output follows from.
std::vector<bool> NeededFor(const Network& network, Value output) {
  std::vector<bool> needed(network.values().size());
  needed[At(output.id)] = true;
  for (Index i = std::ssize(network.nodes()) - 1; i >= 0; --i) {
    const Node& node = network.node(i);
    if (!needed[At(node.output.id)]) continue;
    for (const Value input : node.inputs) needed[At(input.id)] = true;
  }
  return needed;
}

}  // namespace

StepRunner::StepRunner(const Network& network, const Pass& pass, Index target,
                       Index task)
    : network_(network),
      pass_(pass),
      target_(target),
      output_(network.output(task).value),
      depends_(network.values().size()),
      values_(network.values().size()) {
  pass_.mode = Mode::kInference;
  depends_[At(target)] = true;
  const std::vector<bool> needed = NeededFor(network, output_);
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    const Node& node = network.node(i);
    if (!needed[At(node.output.id)]) continue;
    depends_[At(node.output.id)] = std::ranges::any_of(
        node.inputs, [&](Value input) { return Depends(input); });
    if (Depends(node.output)) CheckStep(node);
    AddRunner(i);
  }
  Require(Depends(output_), ErrorKind::kUsage,
          "the output does not depend on the text that is written");
}

void StepRunner::CheckStep(const Node& node) const {
  bool fits = true;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool is_source = IsAttention(node) && i == 1;
    fits &= Depends(node.inputs[i]) != is_source;
  }
  const bool by_group = node.layer->traits().by_group;
  Require(fits && (!by_group || IsAttention(node) || IsPositions(node)),
          ErrorKind::kUsage,
          Str("layer '", node.name, "' cannot go a token at a time"));
}

void StepRunner::AddRunner(Index i) {
  const Node& node = network_.node(i);
  const std::vector<Index> cols = InputColsOf(network_, node);
  Runner& runner = runners_.emplace_back();
  runner.node = i;
  runner.steps = Depends(node.output);
  runner.layer = node.layer;
  if (runner.steps && IsAttention(node)) {
    runner.layer = WithoutMask(*node.layer);
  }
  for (const Index param : node.params) {
    runner.w.push_back(pass_.weights->At(param));
  }
  for (const Index buffer : node.buffers) {
    runner.buffers.push_back(pass_.buffers->At(buffer));
  }
  runner.prepared.resize(At(node.layer->PreparedSize(cols, false)));
  runner.scratch.resize(At(node.layer->ScratchSize(cols, 1)));
  runner.layer->Prepare(pass_, runner.w, false, runner.prepared.data());
}

// Of the first operand so many rows, of which the layer counts `count`.
void StepRunner::Run(Runner* runner, std::span<const Operand> x, Index count,
                     Index rows) {
  const Node& node = network_.node(runner->node);
  const Index cols = network_.info(node.output).cols;
  AlignedVector& y = values_[At(node.output.id)];
  y.resize(At(rows * cols));
  runner->saved.resize(At(
      runner->layer->SavedSize(x[0].values.rows, InputColsOf(network_, node))));
  if (count == 0) return;
  ForwardArgs args;
  args.x = x;
  args.w = runner->w;
  args.buffers = runner->buffers;
  args.prepared = runner->prepared.data();
  args.saved = runner->saved.data();
  args.scratch = runner->scratch.data();
  args.count = count;
  args.node = runner->node;
  args.y = {y.data(), rows, cols};
  runner->layer->Forward(pass_, args);
}

// A value of the encoder.
Operand StepRunner::OperandOf(Value value) const {
  const ValueInfo& info = network_.info(value);
  Extent extent = {info.space};
  if (info.space.is_ragged()) {
    extent.offsets = batch_->inputs[At(info.space.input)].row_starts;
  }
  const Index rows = extent.Begin(batch_->rows);
  if (info.input < 0) {
    return {{values_[At(value.id)].data(), rows, info.cols}, nullptr, extent};
  }
  const InputBatch& input = batch_->inputs[At(info.input)];
  if (!info.is_numbers) return {{nullptr, rows, info.cols}, &input, extent};
  return {input.dense, nullptr, extent};
}

void StepRunner::Encode(const Batch& batch) {
  batch_ = &batch;
  time_ = 0;
  texts_ = 0;
  for (Runner& runner : runners_) {
    if (runner.steps) continue;
    const Node& node = network_.node(runner.node);
    std::vector<Operand> x;
    for (const Value input : node.inputs) x.push_back(OperandOf(input));
    Extent made = {network_.info(node.output).space};
    if (made.space.is_ragged()) {
      made.offsets = batch.inputs[At(made.space.input)].row_starts;
    }
    const Index rows = made.Begin(batch.rows);
    Run(&runner, x, node.layer->traits().by_group ? batch.rows : rows, rows);
  }
}

ConstMatView StepRunner::Step(std::span<const Index> starts,
                              std::span<const Index> parents,
                              std::span<const std::int32_t> tokens) {
  starts_ = starts;
  parents_ = parents;
  texts_ = std::ssize(tokens);
  each_.resize(At(texts_ + 1));
  std::iota(each_.begin(), each_.end(), Index{0});
  last_.kind = InputKind::kTokens;
  last_.row_starts = each_;
  last_.codes = {tokens.data(), texts_, 1};
  for (Runner& runner : runners_) {
    if (runner.steps) RunStep(&runner);
  }
  ++time_;
  return {values_[At(output_.id)].data(), texts_, network_.info(output_).cols};
}

void StepRunner::RunStep(Runner* runner) {
  const Node& node = network_.node(runner->node);
  if (IsPositions(node)) return RunPositions(runner);
  if (IsAttention(node) && node.inputs.size() == 1) {
    return RunSelfAttention(runner);
  }
  std::vector<Operand> x;
  for (const Value input : node.inputs) {
    const ValueInfo& info = network_.info(input);
    if (info.input == target_) {
      x.push_back({{nullptr, texts_, 1}, &last_, {{}, each_}});
    } else if (Depends(input)) {
      x.push_back(
          {{values_[At(input.id)].data(), texts_, info.cols}, nullptr, {}});
    } else {
      x.push_back(OperandOf(input));
    }
  }
  if (!IsAttention(node)) return Run(runner, x, texts_, texts_);
  // The texts of a row of the batch are queries of its source.
  x[0].extent = {{SpaceKind::kTokens, 1, 1, target_}, starts_};
  Run(runner, x, batch_->rows, texts_);
}

// The layer itself says what is added at each place, and times what.
void StepRunner::RunPositions(Runner* runner) {
  const Node& node = network_.node(runner->node);
  const Index cols = network_.info(node.output).cols;
  AlignedVector& waves = runner->past;
  AlignedVector& factor = runner->queries;
  const auto forward = [&](Real x, Index rows, AlignedVector* y) {
    const std::vector<Index> offsets = {0, rows};
    const AlignedVector input(At(rows * cols), x);
    y->resize(At(rows * cols));
    const Operand operand = {{input.data(), rows, cols},
                             nullptr,
                             {{SpaceKind::kTokens, 1, 1, target_}, offsets}};
    ForwardArgs args;
    args.x = {&operand, 1};
    args.count = 1;
    args.y = {y->data(), rows, cols};
    runner->layer->Forward(pass_, args);
  };
  if (factor.empty()) forward(1, 1, &factor);  // plus sin(0) in column 0
  if (std::ssize(waves) <= time_ * cols) {
    forward(0, std::max<Index>(64, 2 * time_), &waves);
  }
  AlignedVector& y = values_[At(node.output.id)];
  const Real* x = values_[At(node.inputs[0].id)].data();
  y.resize(At(texts_ * cols));
  for (Index text = 0; text < texts_; ++text) {
    Real* row = y.data() + text * cols;
    pass_.kernels->scale(factor[0], x + text * cols, row, cols);
    pass_.kernels->add(row, waves.data() + time_ * cols, row, cols);
  }
}

// Keys and values of a text are those of its parent and one more.
void StepRunner::RunSelfAttention(Runner* runner) {
  const Node& node = network_.node(runner->node);
  const Index width = network_.info(node.output).cols;
  const Index each = 2 * width;
  const Real* x = values_[At(node.inputs[0].id)].data();
  AlignedVector past(At(texts_ * (time_ + 1) * each));
  runner->queries.resize(At(texts_ * width));
  for (Index text = 0; text < texts_; ++text) {
    const Real* row = x + text * 3 * width;
    std::copy_n(row, width, runner->queries.data() + text * width);
    Real* own = past.data() + text * (time_ + 1) * each;
    if (time_ > 0) {
      own = std::copy_n(runner->past.data() + parents_[At(text)] * time_ * each,
                        time_ * each, own);
    }
    std::copy_n(row + width, each, own);
  }
  runner->past.swap(past);
  const std::vector<Operand> operands = {
      {{runner->queries.data(), texts_, width}, nullptr, {}},
      {{runner->past.data(), texts_ * (time_ + 1), each},
       nullptr,
       {{SpaceKind::kGrid, 1, time_ + 1, -1}}}};
  Run(runner, operands, texts_, texts_);
}

}  // namespace mtlkit
