#pragma once

#include <span>
#include <vector>

#include "train/weighting.h"

namespace mtlkit {

// The tasks that have labels in a batch, moved together: entry i of each span
// is of the same task.
struct PresentTasks {
  Mat<const double> gramian;  // of their gradients
  std::span<const double> losses;
  std::span<const double> task_weight;  // of --task-weight; in losses already
  std::span<const Index> tasks;         // their numbers, ascending
  std::span<double> state;              // of all tasks; moves on by one step
  const Rng* rng = nullptr;
};

// A weighting that follows from the inner products of the tasks' gradients: a
// method only has to solve for the weights of tasks that are there. Without
// any, nothing is asked of it; one alone has weight 1.
class GramianWeighting : public Weighting {
 public:
  explicit GramianWeighting(std::span<const Task> tasks);

  WeightingNeeds needs() const override { return {.gramian = true}; }
  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const final;

 protected:
  // Sets w, one for each present task, of which there are two or more.
  virtual void Solve(const PresentTasks& present,
                     std::span<double> w) const = 0;

 private:
  // Scratch.
  mutable std::vector<Index> tasks_;
  mutable std::vector<double> gramian_;
  mutable std::vector<double> losses_;
  mutable std::vector<double> task_weight_;
  mutable std::vector<double> weights_;
};

}  // namespace mtlkit
