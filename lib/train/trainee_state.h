#pragma once

#include <vector>

#include "train/learner_state.h"

namespace mtlkit {

// All that changes of one peer while it trains; what a checkpoint keeps.
struct TraineeState {
  LearnerState learner;
  Params best;           // the weights with the lowest score; empty: none yet
  Index best_epoch = 0;  // from 1; 0: none yet
  double best_score = 0;
  double best_shown = 0;    // the measure that best_score stands for
  Index since_best = 0;     // epochs
  std::vector<double> log;  // epochs x columns
  // The epoch of each task's lowest validation loss, 0: none yet; and that
  // loss, as a part of the best constant's.
  std::vector<Index> task_epoch;
  std::vector<double> task_best;
};

}  // namespace mtlkit
