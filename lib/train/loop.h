#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/history.h"
#include "train/peer.h"
#include "train/train_environment.h"
#include "train/train_inputs.h"
#include "train/train_options.h"

namespace mtlkit {

// Trains one network with the protocol `solo`, on the rows to learn from: sets
// the parameters of the model to the best ones and its log, which is also
// returned.
History Train(const TrainInputs& inputs, const TrainOptions& options, Seed seed,
              const TrainEnvironment& environment, Model* model);

// Trains peers together by `protocol` (NAME[:option=value,...]), all on the
// same batches, which all peers' training rows together and `seed` determine.
// Networks, inputs, tasks and rows may be each peer's own, but rows are those
// of one dataset; labels count for a peer on its own rows. Every peer keeps its
// own best weights and stops learning never before the others:
// training ends when no peer has become better for `patience` epochs. Returns
// one history a peer.
//
// Goes on where the checkpoint left off, if there is one. Throws kNo where a
// loss is no longer finite (task and epoch named, the checkpoint kept), and
// kStopped after a stop request.
std::vector<History> TrainPeers(std::span<Peer> peers,
                                const TrainOptions& options,
                                const std::string& protocol, Seed seed,
                                const TrainEnvironment& environment);

// How many epochs Train would be laid out for, with its errors.
Index PlannedEpochs(const TrainInputs& inputs, const TrainOptions& options,
                    Model* model);

// Whether Train would choose weights: there are validation rows, and something
// that can be measured on them. With its errors.
bool CanChoose(const TrainInputs& inputs, const TrainOptions& options,
               Model* model);

// Throws what TrainPeers would for its options, without training.
void CheckTraining(const TrainInputs& inputs, const TrainOptions& options,
                   Model* model);

}  // namespace mtlkit
