#pragma once

#include <memory>
#include <string>

#include "cotrain/run_folder.h"

namespace mtlkit {

// Says that a process is at work on a round of a peer, so that a second copy of
// the peer leaves it alone: a file lease.json beside the round's others, with
// host, process and term (how often the round has been taken over). It saves
// work and decides nothing: two processes that both worked would write the same
// bytes, each file whole.
//
// A lease is dead if its process is, on this host; on another host if nobody
// has touched it for two minutes, by the clock of the file system. While it is
// held a thread touches it every 15 seconds.
class Lease {
 public:
  // Takes a dead one over. Throws kStopped where another process holds it, and
  // names it. The round's folder must be there.
  Lease(const RunFolder& folder, Index peer, Index round);
  // Gives it back.
  ~Lease();
  Lease(Lease&&) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
