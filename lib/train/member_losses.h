#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/task.h"
#include "nn/loss.h"
#include "nn/network.h"

namespace mtlkit {

// Losses of outputs that may be those of an ensemble (Network::members): what
// is known of a row is said to all of its members, each of which has a loss of
// its own. Allocates when built only.
class MemberLosses {
 public:
  // For batches of up to `capacity` rows. What it is given must outlive it.
  MemberLosses(std::span<const Task> tasks, const Network& network,
               Index capacity);

  Index members(Index task) const { return network_.members(task); }

  // As Loss::Evaluate, where the output and its gradient have the rows of
  // members, and all else those of the batch. A row's loss is the mean of its
  // members'; the gradient is that of their sum, `members` times as much.
  void Evaluate(const Loss& loss, Index task, const LossArgs& args,
                std::span<Real> row_loss, MatView gradient);
  // Loss::Divisor of each of the members.
  double Divisor(const Loss& loss, Index task, const LossArgs& args) const;

 private:
  // The same where rows are coupled: those of each member among themselves.
  void EvaluateApart(const Loss& loss, Index members, const LossArgs& args,
                     std::span<Real> row_loss, MatView gradient);

  const Network& network_;
  // Of rows of members; empty without any.
  std::vector<Real> target_;
  std::vector<Real> weight_;
  std::vector<Real> row_loss_;
  std::vector<Real> of_one_;  // outputs of one member, then their gradient
};

}  // namespace mtlkit
