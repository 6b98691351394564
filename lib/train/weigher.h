#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "nn/network.h"
#include "nn/plan.h"
#include "train/batch_samples.h"
#include "train/learner_state.h"
#include "train/weighting.h"

namespace mtlkit {

// Where the gradients of a weighting are taken for this network: as
// `gradients_at` says; "auto" is where the weighting prefers it, if the network
// has that. kUsage: a weighting that keeps something of each parameter
// elsewhere than there, one that asks for more than inner products of parts.
GradientsAt ChooseGradientsAt(const Weighting& weighting,
                              std::string_view gradients_at,
                              const Network& network);

// The pass of a plan that supplies what a weighting needs.
Route RouteOf(const WeightingNeeds& needs);

// What is known of the tasks before their gradients are taken.
struct TaskView {
  std::span<const double> losses;  // task weight and lessons included
  std::span<const std::uint8_t> present;
  std::span<const double> task_weight;
  Index epoch = 0;  // of the step
  // What the plan has seen; only where there are samples.
  const Batch* batch = nullptr;
};

// Takes the gradients of the tasks down, asks the weighting, and combines them
// into one. Allocates when built only.
class Weigher {
 public:
  // For the tasks and parts of a plan.
  Weigher(const Weighting& weighting, const Plan& plan);

  // Makes room in a state.
  void Start(const Layout& weights, LearnerState* state) const;

  // Needs the gradient of each task's loss in plan.OutputGradient(task); leaves
  // the total in plan.gradient() and the tasks' factors in factors().
  void Backward(const TaskView& tasks, const Pass& pass, const Rng& rng,
                Plan* plan, LearnerState* state);
  // Tells the losses of the same rows after the update.
  void Observe(const TaskView& before, std::span<const double> after,
               LearnerState* state) const;

  // What the weighting made of the tasks; 0 where absent.
  std::span<const double> factors() const { return factors_; }
  void Clear();

 private:
  WeightingSignals SignalsOf(const TaskView& tasks, const Rng* rng) const;
  // Of what labels, lessons and penalties of layers add to each loss.
  void ScaleLosses(const WeightingSignals& signals,
                   std::span<const double> factors, Plan* plan) const;
  void ScalePenalties(const WeightingSignals& signals,
                      std::span<const double> factors, Plan* plan) const;
  // The three ways: one pass of the sum; the Gramian; the gradients.
  void BySum(WeightingSignals* signals, const Pass& pass, Plan* plan,
             LearnerState* state);
  void ByGramian(WeightingSignals* signals, const Pass& pass, Plan* plan,
                 LearnerState* state);
  // The factors told are the means over parts.
  void ByParts(WeightingSignals* signals, const Pass& pass, Plan* plan,
               LearnerState* state);
  // What is remembered of part `i`; of the whole where there are none.
  std::span<double> StateOf(Index i, LearnerState* state) const;
  void ByGradients(WeightingSignals* signals, const TaskView& tasks,
                   const Pass& pass, Plan* plan, LearnerState* state);
  // Passes of the samples: sets the Gramian of two, and leaves the gradients of
  // the last.
  void TakeSamples(WeightingSignals* signals, const TaskView& tasks,
                   const Pass& pass, Plan* plan);
  void AddGramian(const GradientBlock& block);
  void AddProducts(const GradientBlock& block, const Real* others);
  void Combine(const WeightingSignals& signals, const GradientBlock& block,
               Index first) const;

  const Weighting& weighting_;
  std::vector<double> factors_;
  Index parts_;  // 0: the whole
  std::vector<double> part_factors_;
  std::vector<double> loss_factors_;
  std::vector<double> gramian_;  // of gradients, where both are needed
  std::vector<double> block_gramian_;
  mutable std::vector<double> block_factors_;
  mutable std::vector<Real*> block_slots_;
  std::vector<double> measured_;
  // Only with samples: their rows, the gradients of the first, and running
  // statistics, which see the batch once.
  std::optional<BatchSamples> samples_;
  AlignedVector first_;
  Block spare_;
};

}  // namespace mtlkit
