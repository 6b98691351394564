#include "train/step.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "kernels/kernels.h"
#include "train/diagnoser.h"
#include "train/first_look.h"
#include "train/merged_outputs.h"
#include "train/network_terms.h"
#include "train/task_losses.h"
#include "train/update.h"
#include "train/weigher.h"

namespace mtlkit {

struct Learner::State {
  explicit State(const LearnerSetup& given)
      : setup(given),
        plan(*given.network, PlanOptionsOf(given)),
        updater(*given.network, *given.optimizer, TermsOf(given), given.frozen,
                given.pool),
        losses(setup.tasks, setup.losses, given.task_weight, *given.network,
               given.capacity, given.tokens),
        merged(setup.tasks, *given.network, given.capacity),
        weigher(*given.weighting, plan),
        terms(*given.network, given.frozen) {
    if (setup.diagnose > 0) {
      diagnoser.emplace(*given.network, given.tasks, PlanOptionsOf(given),
                        setup.diagnose);
    }
    looks_back = given.weighting->needs().losses_after;
    ascends = given.optimizer->ascends();
    if (!looks_back && !ascends) return;
    losses_elsewhere.resize(given.tasks.size());
    spare_buffers = Block(given.network->buffers());
    if (ascends) weights_here.resize(At(given.network->weights()->size()));
  }

  static std::vector<SliceTerms> TermsOf(const LearnerSetup& setup) {
    if (!setup.terms.empty()) return setup.terms;
    return TermsOfSlices(*setup.network, setup.optimizer_options->decay);
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

  TaskView Tasks(const Batch& batch, Index step) const {
    return {losses.weighted(), losses.present(), losses.task_weight(),
            steps_in_epoch > 0 ? step / steps_in_epoch : 0, &batch};
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

  void Record(LearnerState* state) {
    terms.Record(state->term_sum);
    for (std::size_t t = 0; t < setup.tasks.size(); ++t) {
      if (losses.present()[t] == 0) continue;
      const double sum = losses.weight_sums()[t];
      if (sum > 0) state->loss_sum[t] += losses.losses()[t] * sum;
      state->weight_sum[t] += sum;
      state->factor_sum[t] += weigher.factors()[t];
      state->lesson_sum[t] += losses.lesson_losses()[t];
      state->batches[t] += 1;
    }
  }

  // Looks at the same rows again, with the same dropout; running statistics
  // have seen them already.
  Pass PassAgain(const Batch& batch, const Pass& pass) {
    Pass again = pass;
    spare_buffers = *pass.buffers;
    again.buffers = &spare_buffers;
    plan.Forward(again, batch);
    return again;
  }

  void LookBack(const Batch& batch, const Pass& pass, Index step,
                LearnerState* state) {
    PassAgain(batch, pass);
    losses.MeasureAgain(batch, plan, losses_elsewhere);
    weigher.Observe(Tasks(batch, step), losses_elsewhere, state);
  }

  // The weighted gradient at the weights.
  void SetGradient(const TaskView& tasks, const Pass& pass, Index step,
                   LearnerState* state) {
    const Rng rng(setup.seed, RandomPurpose::kWeighting,
                  static_cast<std::uint64_t>(step));
    weigher.Clear();
    weigher.Backward(tasks, pass, rng, &plan, state);
    const std::span<Real> gradient = WholeGradient();
    terms.AddGradients(state->params.weights, losses.present(), gradient);
    if (hold == 0) return;
    const std::span<const Real> weights = state->params.weights.all();
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      gradient[i] += hold * (weights[i] - anchor.all()[i]);
    }
  }

  // The same of a step's own rows and losses, and of some steps what is
  // measured beside it.
  void SetGradientHere(const Batch& batch, const Pass& pass, Index step,
                       double rate, LearnerState* state) {
    const bool diagnoses = diagnoser && diagnoser->Wants(step);
    if (diagnoses) {
      diagnoser->Look(batch, pass, losses.present(), losses.task_weight(),
                      &plan);
    }
    const TaskView tasks = Tasks(batch, step);
    SetGradient(tasks, pass, step, state);
    terms.Look(plan);
    if (!diagnoses) return;
    diagnoser->Record({step, tasks.epoch, rate, losses.losses(),
                       weigher.factors(), plan.gradient()},
                      state);
  }

  // That of where the optimiser goes from there. The weighting is asked at both
  // places as it is at the beginning of the step, and moves on by one step, at
  // the second. Returns the first task whose loss is not finite there, or -1.
  Index SetGradientUphill(const Batch& batch, const Pass& pass, Index step,
                          double rate, LearnerState* state) {
    weighting_here = state->weighting;
    slots_here = state->weighting_slots;
    SetGradientHere(batch, pass, step, rate, state);
    state->weighting = weighting_here;
    state->weighting_slots = slots_here;
    const std::span<Real> weights = state->params.weights.all();
    std::ranges::copy(weights, weights_here.begin());
    setup.optimizer->Ascend(WholeGradient(), weights);
    const Pass again = PassAgain(batch, pass);
    const Index diverged = losses.SetGradientsElsewhere(
        batch, state->stopped, &plan, losses_elsewhere);
    if (diverged < 0) {
      TaskView tasks = Tasks(batch, step);
      tasks.losses = losses_elsewhere;
      SetGradient(tasks, again, step, state);
    }
    std::ranges::copy(weights_here, weights.begin());
    return diverged;
  }

  void AverageBuffers(Index step, LearnerState* state) const {
    if (averaging == nullptr || state->params.buffers.all().empty()) return;
    MoveAverage(averaging->ShareOfUpdate(step + 1), state->params.buffers.all(),
                state->average.buffers.all());
  }

  LearnerSetup setup;
  const Kernels& kernels = ActiveKernels();
  Plan plan;
  Updater updater;
  Index steps = 0;           // of the training, if known
  Index steps_in_epoch = 0;  // if known
  TaskLosses losses;
  MergedOutputs merged;
  Weigher weigher;
  std::optional<Diagnoser> diagnoser;
  NetworkTerms terms;
  Block anchor;                          // that weights are held to
  Real hold = 0;                         // how strongly
  const Averaging* averaging = nullptr;  // that follows updates
  bool looks_back = false;               // losses after the step are needed
  bool ascends = false;                  // gradients are taken in two places
  // Only with either.
  std::vector<double> losses_elsewhere;
  Block spare_buffers;  // or with a first look
  FirstLook first_look;
  // Only with the second: as the step began.
  AlignedVector weights_here;
  std::vector<double> weighting_here;
  std::vector<AlignedVector> slots_here;
};

PlanOptions PlanOptionsOf(const LearnerSetup& setup) {
  return {.capacity = setup.capacity,
          .tokens = setup.tokens,
          .route = RouteOf(setup.weighting->needs()),
          .at = setup.at,
          .frozen = setup.frozen,
          .lane_rows = setup.lane_rows,
          .pool = setup.pool};
}

Learner::Learner(const LearnerSetup& setup)
    : state_(std::make_unique<State>(setup)) {}
Learner::~Learner() = default;
Learner::Learner(Learner&&) noexcept = default;

void Learner::Start(Params params, LearnerState* state) const {
  const LearnerSetup& setup = state_->setup;
  const std::size_t tasks = setup.tasks.size();
  const Layout& layout = *setup.network->weights();
  state->params = std::move(params);
  state->slots.assign(At(setup.optimizer->slots()),
                      AlignedVector(At(layout.size()), Real{0}));
  state->slice_steps.assign(layout.slices().size(), 0);
  state->task_steps.assign(tasks, 0);
  state->stopped.assign(tasks, 0);
  state_->weigher.Start(layout, state);
  if (state_->diagnoser) state_->diagnoser->Start(state);
  for (auto* sums : {&state->loss_sum, &state->weight_sum, &state->factor_sum,
                     &state->lesson_sum, &state->batches}) {
    sums->assign(tasks, 0);
  }
  state->term_sum.assign(NetworkTerms::SumCount(*setup.network), 0);
}

void Learner::ExpectSteps(Index steps, Index in_epoch) {
  state_->steps = steps;
  state_->steps_in_epoch = in_epoch;
  if (state_->diagnoser) state_->diagnoser->ExpectSteps(steps, in_epoch);
}

void Learner::EndDiagnosedEpoch(LearnerState* state) const {
  if (state_->diagnoser) state_->diagnoser->EndEpoch(state);
}
Diagnostics Learner::Diagnosed(const LearnerState& state) const {
  return state_->diagnoser ? state_->diagnoser->Result(state) : Diagnostics{};
}

void Learner::AverageBy(const Averaging* averaging, LearnerState* state) {
  if (!averaging->averages()) return;
  state->average = state->params;
  if (!averaging->follows_updates()) return;
  state_->averaging = averaging;
  state_->updater.AverageBy(averaging);
}

void Learner::AddStatistics(const Batch& batch, Index step, double share,
                            Params* params) {
  State& s = *state_;
  Pass pass;
  pass.weights = &params->weights;
  pass.buffers = &params->buffers;
  pass.mode = Mode::kTraining;
  pass.progress = 1;
  pass.statistics_share = share;
  pass.dropout = Rng(s.setup.seed, RandomPurpose::kDropout,
                     static_cast<std::uint64_t>(step));
  s.plan.Forward(pass, batch);
}

Index Learner::AddLesson(Index task, const std::optional<Choice>& loss) {
  Require(
      loss || !state_->ascends, ErrorKind::kUsage,
      "--optimizer sam with a method that gives gradients, which would have "
      "to be those elsewhere",
      "use another optimizer, or a method that gives targets");
  return state_->losses.AddLesson(task, loss);
}
Lesson& Learner::lesson(Index i) {
  return state_->losses.lesson(i);
}
void Learner::SetLabelShare(double share) {
  state_->losses.SetLabelShare(share);
}
void Learner::SetLabelShare(Index task, double share) {
  state_->losses.SetLabelShare(task, share);
}
void Learner::HoldTo(const Block& anchor, double strength) {
  state_->anchor = anchor;
  state_->hold = static_cast<Real>(strength);
}
void Learner::SetPartners(const Partners* partners) {
  state_->losses.SetPartners(partners);
}
void Learner::EnableSelection() {
  state_->losses.EnableSelection();
}
std::span<Real> Learner::Weights(Index task) {
  return state_->losses.Weights(task);
}

void Learner::EnableFirstLook() {
  State& s = *state_;
  s.spare_buffers = Block(s.setup.network->buffers());
  s.first_look.Reserve(s.setup.tasks, s.setup.capacity);
}

void Learner::SetLaneRows(std::span<const RowRange> rows) {
  state_->plan.SetLaneRows(rows);
}

void Learner::LookFirst(const Batch& batch, Index step, LearnerState* state) {
  State& s = *state_;
  Pass pass = s.PassOf(step, state);
  pass.dropout = Rng(SeedOfLook(s.setup.seed, 1), RandomPurpose::kDropout,
                     static_cast<std::uint64_t>(step));
  s.spare_buffers = state->params.buffers;
  pass.buffers = &s.spare_buffers;
  s.plan.Forward(pass, batch);
  s.losses.Begin(batch, s.plan);
  for (Index task = 0; task < std::ssize(s.setup.tasks); ++task) {
    s.first_look.Keep(task, s.merged.Of(s.plan, task), s.losses.RowLoss(task));
  }
}

void Learner::Forward(const Batch& batch, Index step, LearnerState* state) {
  State& s = *state_;
  s.first_look.Pass();
  s.plan.Forward(s.PassOf(step, state), batch);
  s.losses.Begin(batch, s.plan);
}

PeerTask Learner::Seen(Index task) const {
  State& s = *state_;
  PeerTask seen;
  seen.output = s.merged.Of(s.plan, task);
  seen.row_loss = s.losses.RowLoss(task);
  if (s.setup.network->members(task) > 1) {
    seen.member_output = s.plan.Output(task);
  }
  if (s.first_look.is_there()) {
    seen.first_output = s.first_look.Output(task, seen.output.cols);
  }
  return seen;
}

std::span<const Real> Learner::FirstRowLoss(Index task) const {
  State& s = *state_;
  return s.first_look.is_there() ? s.first_look.Losses(task)
                                 : s.losses.RowLoss(task);
}

Index Learner::Learn(const Batch& batch, Index step, double rate,
                     LearnerState* state) {
  State& s = *state_;
  s.weigher.Clear();
  const Index diverged = s.losses.SetGradients(batch, state->stopped, &s.plan);
  if (diverged >= 0) return diverged;
  const std::span<const std::uint8_t> present = s.losses.present();
  if (std::none_of(present.begin(), present.end(),
                   [](std::uint8_t is_there) { return is_there != 0; })) {
    return -1;
  }
  const Pass pass = s.PassOf(step, state);
  if (s.ascends) {
    const Index lost = s.SetGradientUphill(batch, pass, step, rate, state);
    if (lost >= 0) return lost;
  } else {
    s.SetGradientHere(batch, pass, step, rate, state);
  }
  const std::span<Real> gradient = s.WholeGradient();
  const double scale = s.Clip(gradient);
  s.updater.Update(gradient, scale, rate, present, state);
  s.AverageBuffers(step, state);
  s.Record(state);
  if (s.looks_back) s.LookBack(batch, pass, step, state);
  return -1;
}

std::span<const double> Learner::losses() const {
  return state_->losses.losses();
}
std::span<const double> Learner::factors() const {
  return state_->weigher.factors();
}
std::span<const double> Learner::lesson_losses() const {
  return state_->losses.lesson_losses();
}

}  // namespace mtlkit
