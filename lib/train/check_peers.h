#pragma once

#include <span>
#include <string>

#include "train/peer.h"
#include "train/train_options.h"

namespace mtlkit {

// Throws what TrainPeers (loop.h) would for peers, options and protocol before
// its first step, without training: for whoever writes something first.
void CheckPeers(std::span<Peer> peers, const TrainOptions& options,
                const std::string& protocol);

}  // namespace mtlkit
