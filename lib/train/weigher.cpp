#include "train/weigher.h"

#include <algorithm>

#include "base/error.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

GradientsAt ChooseGradientsAt(const Weighting& weighting,
                              std::string_view gradients_at,
                              const Network& network) {
  if (gradients_at == "representation") {
    Require(weighting.slots() == 0, ErrorKind::kUsage,
            "--gradients-at representation: the weighting keeps something of "
            "every shared parameter",
            "use --gradients-at parameters");
    return GradientsAt::kRepresentation;
  }
  if (gradients_at == "layers") {
    const WeightingNeeds needs = weighting.needs();
    Require(needs.gramian && !needs.gradients && weighting.state_size() == 0,
            ErrorKind::kUsage,
            "--gradients-at layers: the weighting does not follow from inner "
            "products of gradients alone",
            "use it with pcgrad or mgda");
    return GradientsAt::kLayers;
  }
  const bool representation = gradients_at == "auto" &&
                              weighting.prefers_representation() &&
                              !network.representation().empty();
  return representation ? GradientsAt::kRepresentation
                        : GradientsAt::kParameters;
}

Route RouteOf(const WeightingNeeds& needs) {
  if (needs.gradients) return Route::kGradients;
  return needs.gramian ? Route::kGramian : Route::kPlain;
}

Weigher::Weigher(const Weighting& weighting, Index tasks, Index layers)
    : weighting_(weighting),
      factors_(Size(tasks)),
      layer_factors_(Size(layers * tasks)),
      loss_factors_(Size(tasks)),
      block_factors_(Size(tasks)),
      block_slots_(Size(weighting.slots() * tasks)) {
  const WeightingNeeds needs = weighting.needs();
  if (!needs.gramian || !needs.gradients) return;
  gramian_.resize(Size(tasks * tasks));
  block_gramian_.resize(Size(tasks * tasks));
}

void Weigher::Start(const Layout& weights, LearnerState* state) const {
  state->weighting.assign(Size(weighting_.state_size()), 0);
  weighting_.InitState(state->weighting);
  state->weighting_slots.assign(
      block_slots_.size(), AlignedVector(Size(weights.shared_size()), Real{0}));
}

void Weigher::Clear() {
  std::fill(factors_.begin(), factors_.end(), 0.0);
}

WeightingSignals Weigher::SignalsOf(const TaskView& tasks,
                                    const Rng* rng) const {
  WeightingSignals signals;
  signals.losses = tasks.losses;
  signals.present = tasks.present;
  signals.task_weight = tasks.task_weight;
  signals.rng = rng;
  return signals;
}

void Weigher::Backward(const TaskView& tasks, const Pass& pass, const Rng& rng,
                       Plan* plan, LearnerState* state) {
  WeightingSignals signals = SignalsOf(tasks, &rng);
  const WeightingNeeds needs = weighting_.needs();
  if (!needs.gradients && !needs.gramian) {
    BySum(&signals, pass, plan, state);
    return;
  }
  std::fill(loss_factors_.begin(), loss_factors_.end(), 1.0);
  weighting_.LossFactors(signals, loss_factors_);
  ScaleLosses(signals, loss_factors_, plan);
  if (needs.gradients) {
    ByGradients(&signals, pass, plan, state);
  } else {
    ByGramian(&signals, pass, plan, state);
  }
}

void Weigher::ScaleLosses(const WeightingSignals& signals,
                          std::span<const double> factors, Plan* plan) const {
  for (std::size_t task = 0; task < factors.size(); ++task) {
    const bool is_there = signals.present[task] != 0;
    plan->SetPenaltyFactor(
        static_cast<Index>(task),
        is_there ? signals.task_weight[task] * factors[task] : 0);
    if (factors[task] == 1) continue;
    const MatView values = plan->OutputGradient(static_cast<Index>(task));
    ActiveKernels().scale(static_cast<Real>(factors[task]), values.data,
                          values.data, values.size());
  }
}

void Weigher::BySum(WeightingSignals* signals, const Pass& pass, Plan* plan,
                    LearnerState* state) {
  weighting_.Weights(*signals, state->weighting, factors_);
  ScaleLosses(*signals, factors_, plan);
  plan->Backward(pass);
}

void Weigher::ByGramian(WeightingSignals* signals, const Pass& pass, Plan* plan,
                        LearnerState* state) {
  plan->Backward(pass);
  if (plan->options().at == GradientsAt::kLayers && plan->layer_count() > 0) {
    ByLayers(signals, pass, plan, state);
    return;
  }
  signals->gramian = plan->Gramian();
  weighting_.Weights(*signals, state->weighting, factors_);
  plan->Combine(pass, factors_);
}

void Weigher::ByLayers(WeightingSignals* signals, const Pass& pass, Plan* plan,
                       LearnerState* state) {
  const std::size_t tasks = factors_.size();
  const auto layers = static_cast<std::size_t>(plan->layer_count());
  for (std::size_t layer = 0; layer < layers; ++layer) {
    signals->gramian = plan->LayerGramian(static_cast<Index>(layer));
    const std::span<double> w = {layer_factors_.data() + layer * tasks, tasks};
    weighting_.Weights(*signals, state->weighting, w);
    for (std::size_t task = 0; task < tasks; ++task) {
      factors_[task] += w[task] / static_cast<double>(layers);
    }
  }
  plan->Combine(pass, layer_factors_);
}

void Weigher::ByGradients(WeightingSignals* signals, const Pass& pass,
                          Plan* plan, LearnerState* state) {
  plan->Backward(pass);
  for (std::size_t i = 0; i < block_slots_.size(); ++i) {
    block_slots_[i] = state->weighting_slots[i].data();
  }
  for (const GradientBlock& block : plan->Gradients()) {
    weighting_.Track(*signals, state->weighting,
                     {block.tasks, block.gradients, block_slots_});
  }
  if (weighting_.needs().gramian) {
    std::fill(gramian_.begin(), gramian_.end(), 0.0);
    for (const GradientBlock& block : plan->Gradients()) AddGramian(block);
    const Index tasks = static_cast<Index>(factors_.size());
    signals->gramian = {gramian_.data(), tasks, tasks};
  }
  weighting_.Weights(*signals, state->weighting, factors_);
  Index first = 0;
  for (const GradientBlock& block : plan->Gradients()) {
    Combine(*signals, block, first);
    first += static_cast<Index>(block.combined.size());
  }
  plan->Finish(pass);
}

void Weigher::AddGramian(const GradientBlock& block) {
  const std::size_t rows = block.tasks.size();
  const Index cols = block.gradients.cols;
  std::fill_n(block_gramian_.begin(), rows * rows, 0.0);
  ActiveKernels().gramian_of_rows(block.gradients.data, cols,
                                  block.gradients.rows, cols,
                                  block_gramian_.data());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < rows; ++j) {
      gramian_[Size(block.tasks[i]) * factors_.size() + Size(block.tasks[j])] +=
          block_gramian_[i * rows + j];
    }
  }
}

void Weigher::Combine(const WeightingSignals& signals,
                      const GradientBlock& block, Index first) const {
  for (std::size_t i = 0; i < block.tasks.size(); ++i) {
    block_factors_[i] = factors_[Size(block.tasks[i])];
  }
  weighting_.Combine(signals, {block_factors_.data(), block.tasks.size()},
                     block.gradients, first, block.combined);
}

void Weigher::Observe(const TaskView& before, std::span<const double> after,
                      LearnerState* state) const {
  weighting_.Observe(SignalsOf(before, nullptr), after, state->weighting);
}

}  // namespace mtlkit
