#pragma once

#include <string>

#include "cotrain/history.h"

namespace mtlkit {

// A drawing (SVG) of a run: each task's measure on the validation rows by round
// and peer, how old what peers read was, and the bytes that they published.
// Without a round that is done it is kUsage.
std::string DrawRounds(const RunHistory& history, const std::string& title);

}  // namespace mtlkit
