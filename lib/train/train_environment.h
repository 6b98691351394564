#pragma once

#include <atomic>
#include <string>

#include "base/parallel.h"
#include "base/reporter.h"

namespace mtlkit {

// What a run may use, and whom it tells. Nothing here can change a result.
struct TrainEnvironment {
  ThreadPool* pool = nullptr;
  Reporter* reporter = nullptr;
  // Set from outside (a signal): save a checkpoint at the next step and throw
  // kStopped.
  const std::atomic<bool>* stop = nullptr;
  std::string checkpoint;         // file; "": none
  double checkpoint_every = 120;  // seconds
  std::string who;  // is training, where several share a terminal: "peer 1"
  // In front of what is said of this run alone: "network 2: ".
  std::string notes_of;
  // Whether the user is told that there are no validation rows.
  bool wants_validation = true;
  // Whether the checkpoint is also written after the last epoch, so that what
  // comes next need not wait for this training again.
  bool saves_end = false;
  // As `stop`, set where a run is no longer wanted: another, which it is a part
  // of, has failed. May be null.
  const std::atomic<bool>* abandoned = nullptr;
};

}  // namespace mtlkit
