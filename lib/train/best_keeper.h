#pragma once

#include <string>
#include <vector>

#include "nn/network.h"
#include "train/own_parts.h"
#include "train/train_options.h"
#include "train/trainee_state.h"
#include "train/validation.h"

namespace mtlkit {

// Decides after each epoch, by what the validation rows say, which weights are
// kept and which tasks have learned enough. Together: those of the epoch with
// the lowest score. Each task: what is of a task alone as it was in the epoch
// of the lowest validation loss of that task; of tasks that cannot be measured,
// of the last epoch.
class BestKeeper {
 public:
  // kUsage: tasks that are kept each by itself, and learn something together or
  // are chosen by one measure.
  BestKeeper(const Network& network, const TrainOptions& options,
             const std::vector<bool>& frozen);

  void Start(TraineeState* state) const;

  // `result` is what epoch `epoch` (from 1) left behind, `shown` the measure
  // that its score stands for.
  void Observe(Index epoch, const ValidationResult& measured, double shown,
               const Params& result, TraineeState* state) const;

  // Whether no task that can be measured learns any more.
  bool HasStopped(const TraineeState& state) const;

 private:
  void KeepTogether(Index epoch, const ValidationResult& measured, double shown,
                    const Params& result, TraineeState* state) const;
  void KeepEach(Index epoch, const ValidationResult& measured,
                const Params& result, TraineeState* state) const;
  void StopTasks(Index epoch, TraineeState* state) const;

  Index tasks_;
  bool each_;
  Index patience_;  // of a task; 0: any
  OwnParts own_parts_;
};

}  // namespace mtlkit
