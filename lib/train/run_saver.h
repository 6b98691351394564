#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "train/checkpoint.h"
#include "train/meeting.h"
#include "train/sampler.h"
#include "train/schedule.h"
#include "train/train_environment.h"
#include "train/trainee.h"

namespace mtlkit {

// All that changes while peers train together.
struct RunState {
  std::vector<Trainee>* peers;
  Meeting* meeting;
  Schedule* schedule;
  RunPosition* position;
  Sampler* sampler;
};

// Keeps the state of a run on disk as the environment wants it.
class RunSaver {
 public:
  // `settings` are those of RunSettings. All must outlive it.
  RunSaver(const TrainEnvironment& environment, const Json& settings,
           const RunState& state);

  // Sets the state to that of the checkpoint; false if there is none.
  bool Resume();
  // Between two batches: saves when it is time. A stop request saves, too, and
  // is kStopped.
  void BetweenBatches();
  // Saves when it is time.
  void SaveIfDue();
  // Saves after the last epoch, if the environment wants that.
  void End();

 private:
  void Save();

  const TrainEnvironment& environment_;
  const Json& settings_;
  RunState state_;
  double saved_at_;
};

}  // namespace mtlkit
