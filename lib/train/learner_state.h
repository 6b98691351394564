#pragma once

#include <vector>

#include "base/view.h"
#include "nn/params.h"

namespace mtlkit {

// All that changes while a network learns, flat, so that a checkpoint is a
// copy of it. `steps` counts updates: a task that is absent from a batch
// leaves its own parameters, their moments and their count as they are.
struct LearnerState {
  Params params;
  std::vector<AlignedVector> slots;  // Optimizer::slots(), as long as weights
  std::vector<Index> slice_steps;    // one a slice
  std::vector<Index> task_steps;     // batches in which each task was present
  std::vector<double> weighting;     // Weighting::state_size()
  // Weighting::slots() times tasks, as long as the shared parameters.
  std::vector<AlignedVector> weighting_slots;
  // Sums over the running epoch, one a task.
  std::vector<double> loss_sum;    // of row losses
  std::vector<double> weight_sum;  // of row weights
  std::vector<double> factor_sum;  // of the weighting's factors
  std::vector<double> lesson_sum;  // of what lessons add to the loss
  std::vector<double> batches;     // in which the task was present
  std::vector<double> term_sum;    // NetworkTerms::Record
  // The epoch after which each task was stopped: it takes no part, as if it had
  // no label any more. 0: it learns.
  std::vector<Index> stopped;
  Params average;  // of `params`; empty: there is none
  // What a Diagnoser measures: steps x columns; epochs x pairs of tasks; and of
  // the running epoch, one a pair.
  std::vector<double> diagnosed;
  std::vector<double> cosines;
  std::vector<double> cosine_sum;
  std::vector<double> cosine_count;
};

}  // namespace mtlkit
