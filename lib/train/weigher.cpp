#include "train/weigher.h"

#include <algorithm>

#include "base/error.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

// kUsage where a weighting needs more than inner products of each part.
void RequireParts(const Weighting& weighting, std::string_view gradients_at) {
  const WeightingNeeds needs = weighting.needs();
  Require(needs.gramian && !needs.gradients, ErrorKind::kUsage,
          Str("--gradients-at ", gradients_at,
              ": the weighting does not follow from inner products of "
              "gradients alone"),
          "use it with a method that does, such as pcgrad or mgda");
}

}  // namespace

GradientsAt ChooseGradientsAt(const Weighting& weighting,
                              std::string_view gradients_at,
                              const Network& network) {
  if (gradients_at == "representation") {
    Require(!weighting.needs().samples, ErrorKind::kUsage,
            "--gradients-at representation: the weighting compares samples of "
            "the batch, whose rows have nothing in common there",
            "use --gradients-at parameters");
    Require(weighting.slots() == 0, ErrorKind::kUsage,
            "--gradients-at representation: the weighting keeps something of "
            "every shared parameter",
            "use --gradients-at parameters");
    return GradientsAt::kRepresentation;
  }
  if (gradients_at == "layers" || gradients_at == "groups" ||
      gradients_at == "matrices") {
    RequireParts(weighting, gradients_at);
    return gradients_at == "layers"   ? GradientsAt::kLayers
           : gradients_at == "groups" ? GradientsAt::kGroups
                                      : GradientsAt::kMatrices;
  }
  if (gradients_at != "auto" ||
      (weighting.prefers_at() == GradientsAt::kRepresentation &&
       network.representation().empty())) {
    return GradientsAt::kParameters;
  }
  return weighting.prefers_at();
}

Route RouteOf(const WeightingNeeds& needs) {
  if (needs.gradients) return Route::kGradients;
  return needs.gramian ? Route::kGramian : Route::kPlain;
}

Weigher::Weigher(const Weighting& weighting, const Plan& plan)
    : weighting_(weighting), parts_(plan.part_count()) {
  const Network& network = plan.network();
  const auto tasks = At(network.task_count());
  factors_.resize(tasks);
  part_factors_.resize(At(parts_) * tasks);
  loss_factors_.resize(tasks);
  block_factors_.resize(tasks);
  block_slots_.resize(At(weighting.slots()) * tasks);
  const WeightingNeeds needs = weighting.needs();
  if (needs.measures) measured_.resize(tasks);
  if (!needs.gramian || !needs.gradients) return;
  gramian_.resize(tasks * tasks);
  block_gramian_.resize(tasks * tasks);
  if (!needs.samples) return;
  samples_.emplace(plan);
  first_.resize(tasks * At(network.weights()->shared_size()));
  if (network.buffers()->size() > 0) spare_ = Block(network.buffers());
}

void Weigher::Start(const Layout& weights, LearnerState* state) const {
  const Index parts = std::max<Index>(parts_, 1);
  state->weighting.assign(At(weighting_.state_size() * parts), 0);
  for (Index i = 0; i < parts; ++i) weighting_.InitState(StateOf(i, state));
  state->weighting_slots.assign(
      block_slots_.size(), AlignedVector(At(weights.shared_size()), Real{0}));
}

std::span<double> Weigher::StateOf(Index i, LearnerState* state) const {
  const Index size = weighting_.state_size();
  return std::span(state->weighting).subspan(At(i * size), At(size));
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
  signals.epoch = tasks.epoch;
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
    ByGradients(&signals, tasks, pass, plan, state);
  } else {
    ByGramian(&signals, pass, plan, state);
  }
}

void Weigher::ScalePenalties(const WeightingSignals& signals,
                             std::span<const double> factors,
                             Plan* plan) const {
  for (std::size_t task = 0; task < factors.size(); ++task) {
    const bool is_there = signals.present[task] != 0;
    plan->SetPenaltyFactor(
        static_cast<Index>(task),
        is_there ? signals.task_weight[task] * factors[task] : 0);
  }
}

void Weigher::ScaleLosses(const WeightingSignals& signals,
                          std::span<const double> factors, Plan* plan) const {
  ScalePenalties(signals, factors, plan);
  for (std::size_t task = 0; task < factors.size(); ++task) {
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
  if (parts_ > 0) {
    ByParts(signals, pass, plan, state);
    return;
  }
  signals->gramian = plan->Gramian();
  weighting_.Weights(*signals, state->weighting, factors_);
  plan->Combine(pass, factors_);
}

void Weigher::ByParts(WeightingSignals* signals, const Pass& pass, Plan* plan,
                      LearnerState* state) {
  const std::size_t tasks = factors_.size();
  for (Index part = 0; part < parts_; ++part) {
    signals->gramian = plan->PartGramian(part);
    const std::span<double> w =
        std::span(part_factors_).subspan(At(part) * tasks, tasks);
    weighting_.Weights(*signals, StateOf(part, state), w);
    for (std::size_t task = 0; task < tasks; ++task) {
      factors_[task] += w[task] / static_cast<double>(parts_);
    }
  }
  plan->Combine(pass, part_factors_);
}

void Weigher::ByGradients(WeightingSignals* signals, const TaskView& tasks,
                          const Pass& pass, Plan* plan, LearnerState* state) {
  if (samples_) {
    TakeSamples(signals, tasks, pass, plan);
  } else {
    plan->Backward(pass);
  }
  for (std::size_t i = 0; i < block_slots_.size(); ++i) {
    block_slots_[i] = state->weighting_slots[i].data();
  }
  std::fill(measured_.begin(), measured_.end(), 0.0);
  signals->measured = measured_;
  for (const GradientBlock& block : plan->Gradients()) {
    if (measured_.empty()) break;
    weighting_.Measure(*signals, {block.tasks, block.gradients, block_slots_},
                       measured_);
  }
  for (const GradientBlock& block : plan->Gradients()) {
    weighting_.Track(*signals, state->weighting,
                     {block.tasks, block.gradients, block_slots_});
  }
  if (weighting_.needs().gramian && !samples_) {
    std::fill(gramian_.begin(), gramian_.end(), 0.0);
    for (const GradientBlock& block : plan->Gradients()) AddGramian(block);
  }
  if (weighting_.needs().gramian) {
    const Index count = static_cast<Index>(factors_.size());
    signals->gramian = {gramian_.data(), count, count};
  }
  weighting_.Weights(*signals, state->weighting, factors_);
  Index first = 0;
  for (const GradientBlock& block : plan->Gradients()) {
    Combine(*signals, block, first);
    first += static_cast<Index>(block.combined.size());
  }
  plan->Finish(pass);
}

void Weigher::TakeSamples(WeightingSignals* signals, const TaskView& tasks,
                          const Pass& pass, Plan* plan) {
  samples_->Deal(plan);
  signals->sampled = samples_->is_in_all();
  std::fill(gramian_.begin(), gramian_.end(), 0.0);
  Pass again = pass;
  for (std::size_t i = 0; i < BatchSamples::kCount; ++i) {
    if (i > 0) {
      // A pass down takes the memory of the pass up.
      if (!spare_.all().empty()) {
        spare_ = *pass.buffers;
        again.buffers = &spare_;
      }
      plan->Forward(again, *tasks.batch);
      ScalePenalties(*signals, loss_factors_, plan);
    }
    samples_->Set(i, plan);
    plan->Backward(again);
    Real* first = first_.data();
    for (const GradientBlock& block : plan->Gradients()) {
      if (i == 0) std::ranges::copy(block.gradients.flat(), first);
      if (i == 1) AddProducts(block, first);
      first += block.gradients.size();
    }
  }
}

void Weigher::AddProducts(const GradientBlock& block, const Real* others) {
  const Index cols = block.gradients.cols;
  for (std::size_t i = 0; i < block.tasks.size(); ++i) {
    const Real* of_first = others + static_cast<Index>(i) * cols;
    for (std::size_t j = 0; j < block.tasks.size(); ++j) {
      gramian_[At(block.tasks[i]) * factors_.size() + At(block.tasks[j])] +=
          ActiveKernels().dot(of_first,
                              block.gradients.Row(static_cast<Index>(j)), cols);
    }
  }
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
      gramian_[At(block.tasks[i]) * factors_.size() + At(block.tasks[j])] +=
          block_gramian_[i * rows + j];
    }
  }
}

void Weigher::Combine(const WeightingSignals& signals,
                      const GradientBlock& block, Index first) const {
  for (std::size_t i = 0; i < block.tasks.size(); ++i) {
    block_factors_[i] = factors_[At(block.tasks[i])];
  }
  weighting_.Combine(signals, {block_factors_.data(), block.tasks.size()},
                     block.gradients, first, block.combined);
}

void Weigher::Observe(const TaskView& before, std::span<const double> after,
                      LearnerState* state) const {
  const WeightingSignals signals = SignalsOf(before, nullptr);
  for (Index i = 0; i < std::max<Index>(parts_, 1); ++i) {
    weighting_.Observe(signals, after, StateOf(i, state));
  }
}

}  // namespace mtlkit
