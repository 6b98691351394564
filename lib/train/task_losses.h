#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/choice.h"
#include "data/batch.h"
#include "data/task.h"
#include "nn/loss.h"
#include "nn/plan.h"
#include "train/input_changes.h"
#include "train/member_losses.h"
#include "train/protocol.h"

namespace mtlkit {

// What the tasks of one network have to say of a batch: mean losses of the
// labels that count, and of lessons, with their gradients. Allocates when built
// only.
class TaskLosses {
 public:
  // For batches of up to `capacity` rows, with so many tokens in each input
  // block. Everything else pointed to must outlive it.
  TaskLosses(std::span<const Task> tasks,
             std::span<const std::unique_ptr<Loss>> losses,
             std::vector<double> task_weight, const Network& network,
             Index capacity, std::span<const Index> tokens);

  // Before the first batch (see Learner).
  Index AddLesson(Index task, const std::optional<Choice>& loss);
  void EnableSelection();
  void SetLabelShare(double share) {
    label_share_.assign(label_share_.size(), share);
  }
  void SetLabelShare(Index task, double share) {
    label_share_[At(task)] = share;
  }
  // Rows are mixed with those of `partners`; null: they are not.
  void SetPartners(const Partners* partners);

  // Begins a batch whose outputs `plan` has.
  void Begin(const Batch& batch, const Plan& plan);
  Lesson& lesson(Index i);
  // Losses of the rows; set once there is selection, else by Measure.
  std::span<Real> RowLoss(Index task);
  std::span<Real> Weights(Index task);

  // Sets the gradients of plan->OutputGradient: of each task's mean loss, task
  // weight and lessons included; zeros where a task is absent, as those that
  // are `stopped` (not 0) are. Returns the first task whose loss is not finite,
  // or -1.
  Index SetGradients(const Batch& batch, std::span<const Index> stopped,
                     Plan* plan);
  // The same for the same batch at other weights; only `elsewhere` is set to
  // what weighted() is there.
  Index SetGradientsElsewhere(const Batch& batch,
                              std::span<const Index> stopped, Plan* plan,
                              std::span<double> elsewhere);
  // Sets `after` to what the plan's outputs are worth now; nothing else moves.
  void MeasureAgain(const Batch& batch, const Plan& plan,
                    std::span<double> after);

  std::span<const double> task_weight() const { return task_weight_; }
  // Of the last batch, one a task; sums of weights as of Loss::Divisor.
  std::span<const double> losses() const { return losses_; }  // NaN if absent
  std::span<const double> lesson_losses() const { return lesson_losses_; }
  // With lessons, times the task weight.
  std::span<const double> weighted() const { return weighted_; }
  std::span<const double> weight_sums() const { return sums_; }
  std::span<const std::uint8_t> present() const { return present_; }

 private:
  // A lesson with the memory behind it.
  struct Seat {
    Index task = 0;
    Lesson lesson;
    std::unique_ptr<Loss> loss;  // none: it is given gradients
    std::vector<Real> values;    // targets, or gradients
    std::vector<Real> row_loss;
    std::vector<Real> weight;
  };

  // Rows of the batch for a task: tokens, where it has labels of these.
  std::size_t RowsOf(Index task) const { return At(rows_[At(task)]); }
  double MembersOf(Index task) const {
    return static_cast<double>(member_losses_.members(task));
  }
  std::span<const Real> WeightsOf(const Batch& batch, Index task) const;
  LossArgs ArgsOf(const Batch& batch, const Plan& plan, Index task);
  // The sum of the task's row losses. An empty gradient is not wanted.
  double Evaluate(const Batch& batch, const Plan& plan, Index task,
                  MatView gradient);
  // Makes of the losses towards the rows' own labels those of mixed rows.
  void MixIn(LossArgs args, Index task, MatView gradient);
  void SetGradient(const Batch& batch, Index task, Plan* plan);
  void SetAbsent(Index task, Plan* plan);
  // What the rows of one column count that tasks share out (TaskFamilies):
  // alike, whatever task each is of, and as much in all as these tasks.
  void ShareFamilies(const Batch& batch);
  // The mean loss of a lesson times its factor; adds `share` times its
  // gradient to `into`, if that is not empty.
  double AddLessonTo(Seat& seat, ConstMatView output, double share,
                     MatView into);

  std::span<const Task> tasks_;
  std::span<const std::unique_ptr<Loss>> label_losses_;
  MemberLosses member_losses_;
  std::vector<Index> most_rows_;             // one a task
  std::vector<Index> rows_;                  // of the batch, one a task
  std::vector<std::vector<Real>> row_loss_;  // one a task
  std::vector<std::vector<Real>> selected_;  // row weights; empty: the batch's
  std::vector<Seat> seats_;
  std::vector<Real> scratch_;
  RowRoom room_;
  const Partners* partners_ = nullptr;
  std::vector<Real> partner_loss_;  // of rows, where they are mixed
  // One a task.
  std::vector<double> label_share_;  // of the labels beside lessons
  std::vector<double> task_weight_;
  std::vector<double> losses_;
  std::vector<double> weighted_;
  std::vector<double> lesson_losses_;
  std::vector<double> sums_;
  // Losses, weighted and of lessons, while those elsewhere are found.
  std::array<std::vector<double>, 3> here_;
  std::vector<Index> family_of_;
  std::vector<double> family_share_;  // 1 for a task by itself
  std::vector<double> family_sums_;   // one a family, then present tasks
  std::vector<std::uint8_t> present_;
};

}  // namespace mtlkit
