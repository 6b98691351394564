#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/batch.h"
#include "nn/history.h"
#include "train/averaging.h"
#include "train/peer.h"
#include "train/sampler.h"
#include "train/step.h"
#include "train/train_options.h"
#include "train/trainee_state.h"
#include "train/validation.h"

namespace mtlkit {

// How an epoch ended.
struct EpochEnd {
  Index epoch = 0;  // from 1
  double rate = 0;  // of its last step
  const EpochRows* rows = nullptr;
  bool is_last = false;  // of the training, whatever was measured
};

// One peer in training: its network, its rows and what it has learned so far.
class Trainee {
 public:
  // `protocol` decides what is prepared for lessons and selection.
  Trainee(const Peer& peer, const TrainOptions& options,
          const Protocol& protocol, ThreadPool* pool);
  // From now on batches may hold rows that are not among train_rows(): labels
  // there do not count for this peer.
  void MaskOthersRows();
  // From now on its parameters are averaged. Before a checkpoint is read and
  // the first step; `averaging` must outlive it.
  void AverageBy(const Averaging* averaging);
  Trainee(Trainee&&) noexcept;
  ~Trainee();

  std::span<const Task> tasks() const;
  TraineeState& state();
  const Model& model() const;
  // What it learns from, in the order of the model's inputs and tasks.
  const Dataset& data() const;
  // Training rows that can teach something: with a label of some task, or a
  // soft target, or all of them if the protocol teaches.
  const std::vector<Index>& train_rows() const;
  // Whether the weights are chosen: there are rows, and a measure on them.
  bool has_validation() const;
  // The tasks that cannot be measured on the validation rows, and why.
  const std::vector<std::string>& left_out() const;
  const Validator& validator() const;
  bool has_finite_weights() const;
  // Whether all tasks that can be measured have learned enough, if one asks for
  // that (TrainOptions::task_patience).
  bool has_stopped() const;
  // Whether the loss of some task compares rows of a group.
  bool ranks_groups() const;
  // Whether some epoch gave the validation rows, if any, a finite loss.
  bool was_measurable() const;

  // The steps of one batch, in this order. `progress`: epochs so far, with
  // fractions.
  // `twice`: as the protocol's second_look says.
  void Forward(std::span<const Index> rows, Index step, bool twice = false);
  // How that look mixed rows.
  RowMix mixed() const;
  Learner& learner();
  const Batch& batch() const;
  // Number of the task whose loss is not finite, or -1.
  Index Learn(Index step, double rate, double progress);

  // Ends an epoch: moves the average, validates, keeps the best, adds to the
  // log, clears the sums. Returns the measure that schedules and stopping look
  // at: the score, or the mean training loss without validation.
  double EndEpoch(const EpochEnd& end);
  // Mean training losses of the epoch that ended last, one a task.
  std::span<const double> epoch_losses() const;
  // What a task has left to learn after the epoch that ended last: its loss on
  // the validation rows as a part of the best constant's or, without one, the
  // training loss as a part of the first epoch's. NaN if unknown.
  double LeftToLearn(std::size_t task) const;
  // What is to be said of experts that no gate made use of in that epoch.
  std::vector<std::string> UnusedExperts() const;
  // Of the epoch that ended last; empty without validation.
  const std::optional<ValidationResult>& validation() const;

  // What is left when training is over: the best parameters and the log.
  History Finish(Model* model);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mtlkit
