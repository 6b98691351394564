#include "nn/plan.h"

#include <algorithm>

#include "nn/plan_state.h"

namespace mtlkit {

bool RowsCanBeLanes(const Network& network, const PlanOptions& options) {
  if (options.route == Route::kGradients &&
      options.at == GradientsAt::kRepresentation) {
    return false;
  }
  if (options.at == GradientsAt::kMatrices) return false;
  return std::ranges::all_of(network.nodes(), [&](const Node& node) {
    const LayerTraits traits = node.layer->traits();
    return (!traits.mixes_rows && !traits.has_penalty) ||
           IsFrozen(node, options.frozen);
  });
}

Plan::Plan(const Network& network, const PlanOptions& options)
    : state_(std::make_unique<PlanState>(network, options)) {}
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

ConstMatView Plan::Gates(Index node) {
  const Index rows = state_->RowsOf(state_->network.node(node).output);
  return state_->network.node(node).layer->Gates(
      state_->ArgsFor<LayerArgs>(node, {0, rows}, 0));
}

double Plan::Penalty(Index task) const {
  return state_->penalties[At(task)];
}

void Plan::SetPenaltyFactor(Index task, double factor) {
  state_->penalty_factors[At(task)] = factor;
}

void Plan::GateShares(Index node, std::span<double> shares) const {
  PlanState& state = *state_;
  state.network.node(node).layer->GateShares(
      state.ArgsFor<LayerArgs>(node, state.RangeFor(node, 0, state.rows), 0),
      shares);
}

MatView Plan::OutputGradient(Index task) {
  assert(state_->trains());
  return state_->OutputGradientView(task);
}

void Plan::SetLaneRows(std::span<const RowRange> rows) {
  state_->SetLaneRows(rows);
}

void Plan::Backward(const Pass& pass) {
  PlanState& state = *state_;
  assert(state.trains());
  state.SeedGradients();
  state.Backward(pass, state.layout.backward);
  state.BackwardParams(pass);
}

Mat<const double> Plan::Gramian() const {
  const Index tasks = state_->network.task_count();
  return {state_->gramian.data(), tasks, tasks};
}

Index Plan::part_count() const {
  return state_->part_count;
}

Mat<const double> Plan::PartGramian(Index part) const {
  const Index tasks = state_->network.task_count();
  return {state_->part_gramians.data() + part * tasks * tasks, tasks, tasks};
}

void Plan::Combine(const Pass& pass, std::span<const double> weights) {
  PlanState& state = *state_;
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
