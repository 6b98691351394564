#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "train/peer.h"
#include "train/train_options.h"
#include "train/trainee.h"

namespace mtlkit {

// Where a run of training stands, beside its peers' states.
struct RunPosition {
  Index epoch = 0;  // running epoch, from 0
  Index batch = 0;  // next batch of it
  Index step = 0;   // steps so far
  std::vector<double> schedule;
  std::vector<double> sampler = {};
};

// What decides the result of a run, as a flat object: every option, and
// digests of rows, labels, targets and first parameters. A checkpoint can only
// be continued by a run whose settings are the same.
Json RunSettings(std::span<const Peer> peers, const TrainOptions& options,
                 const std::string& protocol, Seed seed);

// A file of kind checkpoint that holds all that a run needs to end with the
// bytes of one that was never stopped (docs/file-format.md).
void WriteCheckpoint(const std::string& path, const Json& settings,
                     const RunPosition& position,
                     std::span<const TraineeState* const> peers,
                     std::span<const ProtocolState> protocol);

// Returns false if there is no file at `path`. Throws kUsage if it belongs to
// a run with other settings, naming the first one that differs, and kBadInput
// if it cannot be what it says. Sets only what a checkpoint holds: the states
// must have been started.
bool ReadCheckpoint(const std::string& path, const Json& settings,
                    RunPosition* position, std::span<TraineeState* const> peers,
                    std::span<const ProtocolState> protocol);

}  // namespace mtlkit
