#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/model.h"
#include "train/train_environment.h"

namespace mtlkit {

// A training of several that stand beside each other.
struct TrainingJob {
  // Where its state is kept; "": nowhere. Its model is kept there when it is
  // done, so that a run that was killed or stopped goes on with the others.
  std::string checkpoint;
  // The history that its model has, which tells whose a kept file is.
  std::string provenance;
  std::string name;  // "network 2", in front of what concerns it alone
  // Trains in an environment of its own. What it makes follows from nothing
  // else than the job.
  std::function<Model(const TrainEnvironment&)> train;
};

// Why the trainings of some jobs diverged; nothing of those that did not.
using Divergences = std::vector<std::optional<Error>>;

// The models of the jobs, in their order, trained as many at a time as there
// are threads, which they share. Kept files stay. Where a job fails, the others
// save their state and stop, and its error is thrown. `noun` is what they are
// called where several are counted ("networks").
//
// With `diverged`, which is set to one entry a job, a training that diverges
// stops none of the others: its model has no network. Run again, it diverges
// again.
std::vector<Model> TrainSideBySide(std::span<const TrainingJob> jobs,
                                   const std::string& noun,
                                   const TrainEnvironment& environment,
                                   Divergences* diverged = nullptr);

// Where the state of one of several trainings is kept, given that of the run:
// "m.ckpt.h5" and "2" make "m.ckpt.2.h5". "" of "".
std::string PartCheckpoint(const std::string& checkpoint,
                           const std::string& part);

}  // namespace mtlkit
