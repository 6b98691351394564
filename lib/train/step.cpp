#include "train/step.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "train/update.h"

namespace mtlkit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Route RouteOf(WeightingNeeds needs) {
  switch (needs) {
    case WeightingNeeds::kLosses:
      return Route::kPlain;
    case WeightingNeeds::kGramian:
      return Route::kGramian;
    case WeightingNeeds::kGradients:
      break;
  }
  return Route::kGradients;
}

std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

GradientsAt ChooseGradientsAt(const Weighting& weighting,
                              std::string_view gradients_at,
                              const Network& network) {
  if (gradients_at == "representation") return GradientsAt::kRepresentation;
  const bool representation = gradients_at == "auto" &&
                              weighting.prefers_representation() &&
                              !network.representation().empty();
  return representation ? GradientsAt::kRepresentation
                        : GradientsAt::kParameters;
}

struct Learner::State {
  // A lesson with the memory behind it.
  struct Seat {
    Index task = 0;
    Lesson lesson;
    std::unique_ptr<Loss> loss;  // none: it is given gradients
    std::vector<Real> values;    // targets, or gradients
    std::vector<Real> row_loss;
    std::vector<Real> weight;
  };

  explicit State(const LearnerSetup& given)
      : setup(given),
        plan(*given.network, {.capacity = given.capacity,
                              .tokens = given.tokens,
                              .route = RouteOf(given.weighting->needs()),
                              .at = given.at,
                              .pool = given.pool}),
        updater(*given.network, *given.optimizer,
                given.optimizer_options->decay, given.pool) {
    const std::size_t tasks = setup.tasks.size();
    const std::size_t most_rows = Size(setup.capacity);
    Index widest = 1;
    for (const Task& task : setup.tasks) {
      row_loss.emplace_back(most_rows);
      widest = std::max(widest, task.output_cols());
    }
    scratch.resize(most_rows * Size(widest));
    losses.assign(tasks, kNone);
    weighted.assign(tasks, 0);
    factors.assign(tasks, 0);
    lesson_losses.assign(tasks, 0);
    block_factors.assign(tasks, 0);
    sums.assign(tasks, 0);
    present.assign(tasks, 0);
  }

  Pass PassOf(Index step, LearnerState* state) const {
    Pass pass;
    pass.weights = &state->params.weights;
    pass.buffers = &state->params.buffers;
    pass.mode = Mode::kTraining;
    if (steps > 0) {
      pass.progress =
          std::min(1.0, static_cast<double>(step) / static_cast<double>(steps));
    }
    pass.dropout = Rng(setup.seed, RandomPurpose::kDropout,
                       static_cast<std::uint64_t>(step));
    return pass;
  }

  std::span<const Real> WeightsOf(const Batch& batch, Index task) const {
    if (selected.empty()) return batch.targets[Size(task)].weight;
    return {selected[Size(task)].data(), Size(rows)};
  }

  void Evaluate(const Batch& batch, Index task, MatView gradient) {
    LossArgs args;
    args.output = plan.Output(task);
    args.target = batch.targets[Size(task)].target;
    args.weight = WeightsOf(batch, task);
    setup.losses[Size(task)]->Evaluate(args, RowLoss(task), gradient);
  }

  std::span<Real> RowLoss(Index task) {
    return {row_loss[Size(task)].data(), Size(rows)};
  }

  // Sets the gradient of the task's mean loss, its task weight included, and
  // adds what lessons say.
  void TaskGradient(const Batch& batch, Index task) {
    const std::size_t t = Size(task);
    const MatView gradient = plan.OutputGradient(task);
    const double share = setup.task_weight[t];
    const double labels = share * label_share;
    Evaluate(batch, task, gradient);
    sums[t] = SumRows(WeightsOf(batch, task));
    present[t] = sums[t] > 0 ? 1 : 0;
    losses[t] = present[t] != 0 ? SumRows(RowLoss(task)) / sums[t] : kNone;
    weighted[t] = present[t] != 0 ? labels * losses[t] : 0;
    lesson_losses[t] = 0;
    if (present[t] != 0) {
      Scale(labels / sums[t], gradient);
    } else {
      std::fill(gradient.flat().begin(), gradient.flat().end(), Real{0});
    }
    for (Seat& seat : seats) {
      if (seat.task != task || seat.lesson.factor == 0) continue;
      AddLesson(seat, share);
    }
    const double penalty = present[t] != 0 ? share : 0;
    plan.SetPenaltyFactor(task, penalty);
    weighted[t] += penalty * plan.Penalty(task);
  }

  void AddLesson(Seat& seat, double share) {
    const std::size_t t = Size(seat.task);
    const std::span<const Real> weight = seat.lesson.weight;
    const double sum = SumRows(weight);
    if (sum <= 0) return;
    const MatView into = plan.OutputGradient(seat.task);
    MatView gradient = seat.lesson.gradient;
    if (seat.loss != nullptr) {
      gradient = {scratch.data(), into.rows, into.cols};
      seat.loss->Evaluate({plan.Output(seat.task), seat.lesson.target, weight},
                          {seat.row_loss.data(), Size(rows)}, gradient);
    }
    const double factor = seat.lesson.factor / sum;
    const double loss = factor * SumRows({seat.row_loss.data(), Size(rows)});
    lesson_losses[t] += loss;
    weighted[t] += share * loss;
    kernels.axpy(static_cast<Real>(share * factor), gradient.data, into.data,
                 into.size());
    present[t] = 1;
  }

  void Scale(double factor, MatView values) const {
    if (factor == 1) return;
    kernels.scale(static_cast<Real>(factor), values.data, values.data,
                  values.size());
  }

  // Asks the weighting, and leaves the total gradient in plan.gradient().
  void Backward(const Pass& pass, const Rng& rng, std::span<double> memory) {
    WeightingSignals signals;
    signals.losses = weighted;
    signals.present = present;
    signals.task_weight = setup.task_weight;
    signals.rng = &rng;
    const Index tasks = static_cast<Index>(setup.tasks.size());
    switch (setup.weighting->needs()) {
      case WeightingNeeds::kLosses:
        setup.weighting->Weights(signals, memory, factors);
        for (Index task = 0; task < tasks; ++task) {
          const std::size_t t = Size(task);
          Scale(factors[t], plan.OutputGradient(task));
          plan.SetPenaltyFactor(
              task, present[t] != 0 ? setup.task_weight[t] * factors[t] : 0);
        }
        plan.Backward(pass);
        break;
      case WeightingNeeds::kGramian:
        plan.Backward(pass);
        signals.gramian = plan.Gramian();
        setup.weighting->Weights(signals, memory, factors);
        plan.Combine(pass, factors);
        break;
      case WeightingNeeds::kGradients:
        plan.Backward(pass);
        setup.weighting->Weights(signals, memory, factors);
        CombineBlocks(signals);
        plan.Finish(pass);
        break;
    }
  }

  void CombineBlocks(const WeightingSignals& signals) {
    Index first = 0;
    for (const GradientBlock& block : plan.Gradients()) {
      for (std::size_t i = 0; i < block.tasks.size(); ++i) {
        block_factors[i] = factors[Size(block.tasks[i])];
      }
      setup.weighting->Combine(signals,
                               {block_factors.data(), block.tasks.size()},
                               block.gradients, first, block.combined);
      first += static_cast<Index>(block.combined.size());
    }
  }

  // Shortens the gradient as asked; returns the factor still to be applied.
  double Clip(std::span<Real> gradient) const {
    const OptimizerOptions& options = *setup.optimizer_options;
    if (options.clip_value > 0) ClipValues(gradient, options.clip_value);
    if (options.clip_norm <= 0) return 1;
    const Index size = static_cast<Index>(gradient.size());
    const double square = kernels.dot(gradient.data(), gradient.data(), size);
    return ClipScale(std::sqrt(square), options.clip_norm);
  }

  // The seam between the gradient and the update: here, and nowhere else,
  // gradients of the same step that other processes made are added, in a fixed
  // order, before anything looks at the whole. One process has nothing to add.
  std::span<Real> WholeGradient() { return plan.gradient(); }

  void Record(LearnerState* state) const {
    for (std::size_t t = 0; t < losses.size(); ++t) {
      if (present[t] == 0) continue;
      if (sums[t] > 0) state->loss_sum[t] += losses[t] * sums[t];
      state->weight_sum[t] += sums[t];
      state->factor_sum[t] += factors[t];
      state->lesson_sum[t] += lesson_losses[t];
      state->batches[t] += 1;
    }
  }

  LearnerSetup setup;
  const Kernels& kernels = ActiveKernels();
  Plan plan;
  Updater updater;
  Index steps = 0;                          // of the training, if known
  Index rows = 0;                           // of the last batch
  std::vector<std::vector<Real>> row_loss;  // one a task
  std::vector<std::vector<Real>> selected;  // row weights; empty: the batch's
  std::vector<Seat> seats;
  std::vector<Real> scratch;
  double label_share = 1;
  // One a task.
  std::vector<double> losses;    // of labels, NaN if absent
  std::vector<double> weighted;  // with lessons, times the task weight
  std::vector<double> factors;
  std::vector<double> lesson_losses;
  std::vector<double> block_factors;
  std::vector<double> sums;  // of row weights
  std::vector<std::uint8_t> present;
};

Learner::Learner(const LearnerSetup& setup)
    : state_(std::make_unique<State>(setup)) {}
Learner::~Learner() = default;
Learner::Learner(Learner&&) noexcept = default;

void Learner::Start(Params params, LearnerState* state) const {
  const LearnerSetup& setup = state_->setup;
  const std::size_t tasks = setup.tasks.size();
  const Layout& layout = *setup.network->weights();
  state->params = std::move(params);
  state->slots.assign(Size(setup.optimizer->slots()),
                      AlignedVector(Size(layout.size()), Real{0}));
  state->slice_steps.assign(layout.slices().size(), 0);
  state->task_steps.assign(tasks, 0);
  state->weighting.assign(Size(setup.weighting->state_size()), 0);
  setup.weighting->InitState(state->weighting);
  for (auto* sums : {&state->loss_sum, &state->weight_sum, &state->factor_sum,
                     &state->lesson_sum, &state->batches}) {
    sums->assign(tasks, 0);
  }
}

void Learner::ExpectSteps(Index steps) {
  state_->steps = steps;
}

Index Learner::AddLesson(Index task, const std::optional<Choice>& loss) {
  State& s = *state_;
  State::Seat seat;
  seat.task = task;
  const std::size_t rows = Size(s.setup.capacity);
  const Task& of_task = s.setup.tasks[Size(task)];
  if (loss) seat.loss = MakeLoss(of_task, *loss);
  seat.values.resize(rows * Size(of_task.output_cols()));
  seat.row_loss.resize(rows);
  seat.weight.resize(rows);
  s.seats.push_back(std::move(seat));
  return static_cast<Index>(s.seats.size()) - 1;
}

Lesson& Learner::lesson(Index i) {
  return state_->seats[Size(i)].lesson;
}

void Learner::SetLabelShare(double share) {
  state_->label_share = share;
}

void Learner::EnableSelection() {
  State& s = *state_;
  s.selected.assign(s.setup.tasks.size(),
                    std::vector<Real>(Size(s.setup.capacity)));
}

void Learner::Forward(const Batch& batch, Index step, LearnerState* state) {
  State& s = *state_;
  s.rows = batch.rows;
  s.plan.Forward(s.PassOf(step, state), batch);
  for (State::Seat& seat : s.seats) {
    const Index cols = s.setup.tasks[Size(seat.task)].output_cols();
    const MatView values = {seat.values.data(), s.rows, cols};
    (seat.loss != nullptr ? seat.lesson.target : seat.lesson.gradient) = values;
    seat.lesson.row_loss = {seat.row_loss.data(), Size(s.rows)};
    seat.lesson.weight = {seat.weight.data(), Size(s.rows)};
    seat.lesson.factor = 0;
  }
  if (s.selected.empty()) return;
  for (std::size_t task = 0; task < s.selected.size(); ++task) {
    const std::span<const Real> weight = batch.targets[task].weight;
    std::copy(weight.begin(), weight.end(), s.selected[task].begin());
    s.Evaluate(batch, static_cast<Index>(task), {});
  }
}

PeerTask Learner::Seen(Index task) const {
  State& s = *state_;
  return {s.plan.Output(task), s.RowLoss(task), {}, {}};
}

std::span<Real> Learner::Weights(Index task) {
  State& s = *state_;
  assert(!s.selected.empty());
  return {s.selected[Size(task)].data(), Size(s.rows)};
}

Index Learner::Learn(const Batch& batch, Index step, double rate,
                     LearnerState* state) {
  State& s = *state_;
  const Index tasks = static_cast<Index>(s.setup.tasks.size());
  bool any = false;
  for (Index task = 0; task < tasks; ++task) {
    s.TaskGradient(batch, task);
    if (!std::isfinite(s.weighted[Size(task)])) return task;
    any = any || s.present[Size(task)] != 0;
  }
  std::fill(s.factors.begin(), s.factors.end(), 0.0);
  if (!any) return -1;
  const Rng rng(s.setup.seed, RandomPurpose::kWeighting,
                static_cast<std::uint64_t>(step));
  s.Backward(s.PassOf(step, state), rng, state->weighting);
  const std::span<Real> gradient = s.WholeGradient();
  const double scale = s.Clip(gradient);
  s.updater.Update(gradient, scale, rate, s.present, state);
  s.Record(state);
  return -1;
}

std::span<const double> Learner::losses() const {
  return state_->losses;
}
std::span<const double> Learner::factors() const {
  return state_->factors;
}
std::span<const double> Learner::lesson_losses() const {
  return state_->lesson_losses;
}

}  // namespace mtlkit
