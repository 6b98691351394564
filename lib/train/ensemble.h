#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/rng.h"
#include "nn/model.h"
#include "train/train_environment.h"

namespace mtlkit {

// The seed of a network of an ensemble, numbered from 0: the run's seed, and
// 1,000,000 more for each further one, so that ensembles of nearby seeds have
// no network in common.
Seed EnsembleSeed(Seed seed, Index number);
// The other way round: the number of the network with the seed `own` in an
// ensemble of a run's seed; 0 of any other seed.
Index EnsembleNumber(Seed seed, Seed own);

// Refuses (kUsage) a run's seed so large that a network's would be none.
void RequireSeeds(Seed seed, Index networks);

// Where the state of a network is kept, given that of the run: "m.ckpt.h5" and
// 0 make "m.ckpt.1.h5". "" of "".
std::string EnsembleCheckpoint(const std::string& checkpoint, Index number);

// What a run with a seed alone makes, in an environment of its own, and the
// history that its model would have.
struct EnsembleWork {
  std::function<Model(Seed, const TrainEnvironment&)> train;
  std::function<std::string(Seed)> provenance;
};

// Trains networks that differ in the seed, side by side. Each is, to the bit,
// what `train` makes of its EnsembleSeed, however many threads there are. The
// result is one model, with the first network's history as its provenance.
// `first` is the first network, where somebody has made it already.
Model TrainEnsemble(Seed seed, Index networks,
                    const TrainEnvironment& environment,
                    const EnsembleWork& work,
                    std::optional<Model> first = std::nullopt);

}  // namespace mtlkit
