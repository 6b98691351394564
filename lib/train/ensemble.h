#pragma once

#include <functional>
#include <string>

#include "base/rng.h"
#include "nn/model.h"
#include "train/train_environment.h"

namespace mtlkit {

// The seed of a network of an ensemble, numbered from 0: the run's seed, and
// 1,000,000 more for each further one, so that ensembles of nearby seeds have
// no network in common.
Seed EnsembleSeed(Seed seed, Index number);

// Where the state of a network is kept, given that of the run: "m.ckpt.h5" and
// 0 make "m.ckpt.1.h5". "" of "".
std::string EnsembleCheckpoint(const std::string& checkpoint, Index number);

// Refuses (kUsage) to begin a run of `networks` networks, learned twice if
// `refits`, where states are left in the places of another kind of run: the
// command that made them would go on from there, this one would not.
void RefuseOtherStates(const std::string& checkpoint, Index networks,
                       bool refits);

// What a run with a seed alone makes, in an environment of its own, and the
// history that its model would have.
struct EnsembleWork {
  std::function<Model(Seed, const TrainEnvironment&)> train;
  std::function<std::string(Seed)> provenance;
};

// Trains networks that differ in the seed, as many at a time as there are
// threads, which they share. Each is, to the bit, what `train` makes of its
// EnsembleSeed, however many threads there are. The result is one model, with
// the first network's history as its provenance.
//
// A network that is done is kept as a model file in the place of its
// checkpoint, so that a run that was killed or stopped goes on with the others.
// The files stay. Where a network fails, the others save their state and stop,
// and its error is thrown.
Model TrainEnsemble(Seed seed, Index networks,
                    const TrainEnvironment& environment,
                    const EnsembleWork& work);

}  // namespace mtlkit
