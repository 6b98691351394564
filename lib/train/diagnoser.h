#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/batch.h"
#include "data/task.h"
#include "nn/diagnostics.h"
#include "nn/network.h"
#include "nn/plan.h"
#include "train/learner_state.h"

namespace mtlkit {

// What else is known of a measured step.
struct DiagnosedStep {
  Index step = 0;  // from 0
  Index epoch = 0;
  double rate = 0;
  std::span<const double> losses;   // one a task; NaN: absent
  std::span<const double> factors;  // of the weighting
  std::span<const Real> gradient;   // the whole, before it is clipped
};

// Measures some steps of a learner (nn/diagnostics.h) beside its training, with
// a plan of its own, so that whatever the weighting asks for the gradients of
// all tasks are known, and no bit of training differs. Holds the memory of such
// a plan: a gradient of each value for every task.
class Diagnoser {
 public:
  // `options` of the learner's own plan; every `every`-th step is measured.
  Diagnoser(const Network& network, std::span<const Task> tasks,
            const PlanOptions& options, Index every);

  std::vector<std::string> Columns() const;

  void Start(LearnerState* state) const;
  // Refuses (kUsage) to keep more than memory should hold of so many steps.
  void ExpectSteps(Index steps, Index in_epoch);
  bool Wants(Index step) const { return step % every_ == 0; }

  // Before the learner's backward pass, whose output gradients `learning` has:
  // those of all tasks, times their weights.
  void Look(const Batch& batch, const Pass& pass,
            std::span<const std::uint8_t> present,
            std::span<const double> task_weight, Plan* learning);
  // After it, of the same step.
  void Record(const DiagnosedStep& step, LearnerState* state);
  // Ends an epoch.
  void EndEpoch(LearnerState* state) const;

  // What has been measured.
  Diagnostics Result(const LearnerState& state) const;

 private:
  void SetCosines(LearnerState* state);
  void AddGates(std::vector<double>* row);

  const Network& network_;
  std::vector<std::string> tasks_;
  Index every_;
  std::size_t most_numbers_ = 0;  // that are to come
  std::vector<Index> gates_;      // nodes
  Plan plan_;
  Block buffers_;  // running statistics are not to move
  std::vector<std::uint8_t> present_;
  std::vector<double> norms_;
  std::vector<double> loads_;
  double cosine_ = 0;     // the mean of the step
  double conflicts_ = 0;  // the share
};

}  // namespace mtlkit
