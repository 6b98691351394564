#pragma once

#include "nn/network.h"
#include "train/protocol.h"

namespace mtlkit {

// Demands a network that the protocol can teach (kUsage): what members say
// together has no way back to each of them, and one that teaches members needs
// some.
void RequireTaught(const Protocol& protocol, const Network& network);

// Demands tasks that have one label a row (kUsage), for what looks at rows of
// outputs.
void RequireRowTasks(std::span<const Task> tasks);

}  // namespace mtlkit
