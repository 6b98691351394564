#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "base/rng.h"
#include "data/batch.h"
#include "data/task.h"
#include "nn/diagnostics.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/params.h"
#include "nn/plan.h"
#include "train/averaging.h"
#include "train/input_changes.h"
#include "train/learner_state.h"
#include "train/optimizer.h"
#include "train/protocol.h"
#include "train/slice_terms.h"
#include "train/weighting.h"

namespace mtlkit {

// What a learner is made of. Everything pointed to must outlive it.
struct LearnerSetup {
  const Network* network = nullptr;
  std::span<const Task> tasks;
  std::span<const std::unique_ptr<Loss>> losses;  // one a task
  const Optimizer* optimizer = nullptr;
  const OptimizerOptions* optimizer_options = nullptr;
  const Weighting* weighting = nullptr;
  std::vector<double> task_weight;  // one a task
  std::vector<bool> frozen;         // FrozenSlices; empty: none
  std::vector<SliceTerms> terms;    // TermsOfSlices; empty: as the options say
  GradientsAt at = GradientsAt::kParameters;
  // No row of a batch has labels of more than one task, and SetLaneRows says
  // whose (PlanOptions::lane_rows). Needs RowsCanBeLanes of the network.
  bool lane_rows = false;
  Index capacity = 0;  // largest batch
  // The most tokens of a batch, one an input block (MostTokens).
  std::vector<Index> tokens;
  Seed seed = 1;  // of dropout and of the weighting
  ThreadPool* pool = nullptr;
  Index diagnose = 0;  // measure every so many steps; 0: none
};

// What the plan of such a learner is for.
PlanOptions PlanOptionsOf(const LearnerSetup& setup);

// One network that learns batch by batch:
//
//   learner.Forward(batch, t, &state);    outputs and losses
//   learner.Weights(task), lesson(i)      from a protocol, if there is one
//   learner.Learn(batch, t, rate, &state) gradients and one update
//
// Allocates when built, and never in a step. Not thread-safe.
class Learner {
 public:
  explicit Learner(const LearnerSetup& setup);
  ~Learner();
  Learner(Learner&&) noexcept;

  // Makes room for a state at its beginning; parameters are the caller's.
  void Start(Params params, LearnerState* state) const;

  // How many steps there will be at most, so that layers know how far training
  // is (Pass::progress), and how many each epoch has, so that the weighting
  // knows which one it is (WeightingSignals::epoch); else both are 0.
  void ExpectSteps(Index steps, Index in_epoch);

  // From now on the state has an average, which begins as its parameters are
  // and moves as `averaging` says of updates. It must outlive the learner.
  void AverageBy(const Averaging* averaging, LearnerState* state);
  // Moves running statistics of `params` by `share` to those of a batch, seen
  // as in training, with the dropout of step `step`.
  void AddStatistics(const Batch& batch, Index step, double share,
                     Params* params);

  // Adds a lesson on a task, before the first step; returns its number. Its
  // views have room for `capacity` rows; a step uses the first rows of it, if
  // its factor is not 0. The lesson has a target of the soft loss `loss`;
  // without one it is given row losses and gradients.
  Index AddLesson(Index task, const std::optional<Choice>& loss = Choice{
                                  "distillation", {}});
  Lesson& lesson(Index i);
  // From now on rows are mixed with those of `partners`, as they then are;
  // null: they are not. Not with selection.
  void SetPartners(const Partners* partners);
  // Makes Weights(task) writable and used in place of the batch's.
  void EnableSelection();
  // Makes room for LookFirst.
  void EnableFirstLook();
  // Factor of the labels' own losses beside lessons; 1 unless set.
  void SetLabelShare(double share);

  // With LearnerSetup::diagnose: ends an epoch, and what has been measured.
  void EndDiagnosedEpoch(LearnerState* state) const;
  Diagnostics Diagnosed(const LearnerState& state) const;

  // With LearnerSetup::lane_rows, before each Forward (Plan::SetLaneRows).
  void SetLaneRows(std::span<const RowRange> rows);

  // Sees a batch before Forward sees what becomes of it: Seen has what it says,
  // too, and FirstRowLoss the losses. Running statistics do not move. Needs
  // EnableFirstLook.
  void LookFirst(const Batch& batch, Index step, LearnerState* state);
  // Computes outputs and the row losses of the labels in training mode.
  void Forward(const Batch& batch, Index step, LearnerState* state);
  PeerTask Seen(Index task) const;
  // Row losses of the batch as it was seen first in this step.
  std::span<const Real> FirstRowLoss(Index task) const;
  // Row weights of the last batch, to be changed by Select. Needs
  // EnableSelection.
  std::span<Real> Weights(Index task);

  // Gradients of the loss of the last batch, and one update at `rate`.
  // Returns the number of the first task whose loss is not finite, and then
  // changes nothing; else -1.
  Index Learn(const Batch& batch, Index step, double rate, LearnerState* state);

  // Of the last step, one a task: NaN where the task was absent.
  std::span<const double> losses() const;
  // What the weighting made of them; 0 where absent.
  std::span<const double> factors() const;
  // What lessons added to each task's loss.
  std::span<const double> lesson_losses() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
