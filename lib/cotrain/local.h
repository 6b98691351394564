#pragma once

#include <string>
#include <vector>

#include "cotrain/run.h"
#include "train/loop.h"

namespace mtlkit {

// Trains peers together in one process by a protocol that couples them at
// every batch, into the folder `path` of a run of one round: `spec.method` is
// the protocol (NAME[:option=value,...]), `spec.data` the data's path as the
// caller sees it. Peers start from different parameters and see the same
// batches. A run that is complete is left alone; returns whether there was
// anything to do. `environment.checkpoint` is set here.
bool TrainLocally(const std::string& path, RunSpec spec,
                  const TrainEnvironment& environment);

}  // namespace mtlkit
