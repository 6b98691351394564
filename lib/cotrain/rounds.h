#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "cotrain/collaboration.h"

namespace mtlkit {

// Which rounds of which peers are to be run.
struct RoundsRequest {
  std::string peer = "all";  // a number, or all
  Index round = -1;          // this one; -1: the next
  Index rounds = 1;          // so many, one after the other
  Index until = 0;  // all up to this one that are not done; 0: not used
  // How long a round waits for peers that have not published the round before
  // it, and what becomes of it if they do not: go (it reads what there is),
  // skip (it is left undone, and the next peer's turn comes) or fail
  // (kStopped).
  std::string wait = "0s";
  std::string on_missing = "go";

  void Describe(Fields& fields);
  // Throws kUsage for what contradicts itself; needs no run.
  void Check() const;
  // The peers that are meant. kUsage where data of one peer cannot serve all.
  std::vector<Index> PeersOf(const RunSpec& spec) const;
};

// Runs them, round by round, and notes each in `environment.reporter`. Throws
// what RunRound does; rounds that were done stay so.
void RunRounds(const Collaboration& run, const RoundsRequest& request,
               const TrainEnvironment& environment);

}  // namespace mtlkit
