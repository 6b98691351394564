#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"
#include "base/options.h"
#include "base/registry.h"
#include "base/rng.h"
#include "base/view.h"
#include "data/task.h"
#include "nn/plan_options.h"

namespace mtlkit {

// How the tasks of one network share its trunk.
struct WeightingOptions {
  std::string weighting = "equal";  // NAME[:option=value,...]
  // TASK=NUMBER: multiplies the task's loss, whatever the weighting; tasks
  // that are not named have 1. The total is the sum of losses, not their mean.
  std::vector<std::string> task_weight;
  // Where methods on gradients take them: auto is what the method's paper does.
  std::string gradients_at = "auto";  // auto | parameters | representation |
                                      // layers | groups | matrices

  void Describe(Fields& field);
};

// What a method must see beside the losses, as a set; the step supplies it the
// cheapest way. Losses alone cost one backward pass, the Gramian about as many
// as there are tasks, gradients their memory too.
struct WeightingNeeds {
  bool gramian = false;       // inner products of the tasks' gradients
  bool gradients = false;     // the tasks' gradients themselves
  bool losses_after = false;  // what the update has made of the losses
  // Beside gradients: sums that Measure makes of them before Track.
  bool measures = false;
  // Beside gradients: independent samples of the batch. The rows that pull at a
  // task are dealt to three of them in turn; the Gramian has the products of
  // the gradients of the first (rows) with those of the second (columns), and
  // the gradients are those of the third. Three times the work.
  bool samples = false;
};

// What is known of the tasks at one step. A task without labels in the batch
// is absent: its loss, Gramian row and state must not be touched, and its
// weight is 0. All spans have one entry a task.
struct WeightingSignals {
  std::span<const double> losses;  // mean over the batch, task weight included
  std::span<const std::uint8_t> present;
  std::span<const double> task_weight;  // of --task-weight
  // Of this step, from 0. It follows from the number of the step, so that a run
  // that is resumed within an epoch counts it as one.
  Index epoch = 0;
  // tasks x tasks: inner products of the tasks' gradients with respect to what
  // they share; empty unless needed. Rows of absent tasks are undefined.
  Mat<const double> gramian;
  // Randomness of this step (RandomPurpose::kWeighting).
  const Rng* rng = nullptr;
  // What Measure found of present tasks; empty unless needed.
  std::span<const double> measured;
  // Whether a present task has rows in all samples, so that the Gramian knows
  // it; empty unless there are samples.
  std::span<const std::uint8_t> sampled;
};

// Gradients of some tasks with respect to the same numbers, one row a task.
struct TaskGradients {
  std::span<const Index> tasks;  // of the rows, ascending
  MatView gradients;
  // Weighting::slots() for each task of the network: where what is kept of the
  // gradient of task t in slot s lies, at [s * tasks + t].
  std::span<Real* const> slots;
};

// Chooses how much each task moves the shared parameters. What a method learns
// lives in memory that the caller keeps, so that a checkpoint needs to know
// nothing of it: numbers (`state`), and blocks as long as the shared
// parameters (slots). One thread at a time, except Combine.
//
// Where losses are all that is needed, the factors multiply the losses, so
// that they reach the parameters of one task alone as well. Else, as in papers
// on gradients, those are moved by the task's own loss.
class Weighting {
 public:
  virtual ~Weighting() = default;
  virtual WeightingNeeds needs() const { return {}; }
  // Where gradients are taken unless told otherwise: as in the method's paper.
  // A representation that there is none of gives way to the parameters. Where
  // the parameters are taken in parts, the method is asked for each part, with
  // a state of its own.
  virtual GradientsAt prefers_at() const { return GradientsAt::kParameters; }

  virtual Index state_size() const { return 0; }
  virtual void InitState(std::span<double> state) const;
  // Blocks kept of every task, zero at first; only where gradients are needed.
  virtual Index slots() const { return 0; }

  // The hooks of a step, in this order. None may allocate.

  // Factors of the losses before gradients are taken, all 1 on entry. They
  // reach every parameter.
  virtual void LossFactors(const WeightingSignals& signals,
                           std::span<double> factors) const;
  // Only where it measures: adds to `sums` what it wants to know of the
  // gradients of present tasks, called for each part of them; may change slots.
  virtual void Measure(const WeightingSignals& signals,
                       const TaskGradients& given,
                       std::span<double> sums) const;
  // Only where gradients are needed: may replace those of present tasks by
  // what a method makes of them over time.
  virtual void Track(const WeightingSignals& signals,
                     std::span<const double> state,
                     const TaskGradients& given) const;
  // Sets w: the factor of each task's gradient; 0 for absent tasks. `state`
  // moves on by one step.
  virtual void Weights(const WeightingSignals& signals, std::span<double> state,
                       std::span<double> w) const = 0;
  // Only where gradients are needed: sets `out` from `gradients`, one row for
  // each entry of `w` (rows of factor 0 are not read); the sum of the rows
  // times w unless a method knows better. `first` is the number of the first
  // column within the whole, so that parts may be combined in any order.
  virtual void Combine(const WeightingSignals& signals,
                       std::span<const double> w, ConstMatView gradients,
                       Index first, std::span<Real> out) const;
  // Only where losses after the step are needed: `after` has those of the same
  // rows, as `signals.losses` has those before.
  virtual void Observe(const WeightingSignals& signals,
                       std::span<const double> after,
                       std::span<double> state) const;
};

// A registered weighting (weightings.def).
using WeightingEntry =
    RegistryEntry<std::unique_ptr<Weighting>, std::span<const Task>>;

std::span<const WeightingEntry* const> WeightingEntries();
// An unknown name or option is kUsage.
std::unique_ptr<Weighting> MakeWeighting(
    const Choice& choice, std::span<const Task> tasks,
    const std::string& where = "--weighting");

// One factor a task from TASK=NUMBER texts; throws kUsage for an unknown task,
// one named twice, or a number that is not above 0.
std::vector<double> ParseTaskWeights(std::span<const std::string> texts,
                                     std::span<const Task> tasks);

}  // namespace mtlkit
