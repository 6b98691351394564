#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "base/parallel.h"
#include "base/view.h"

namespace mtlkit {

// Threads for peers that work at the same time, as many peers at a time as
// there are threads, which they share. A peer by itself keeps all of them.
class PeerCrew {
 public:
  // `pool`: the threads that there are; null: one, and the pools of peers are
  // null, too. It must outlive the crew.
  PeerCrew(Index peers, ThreadPool* pool) : pools_(At(peers), pool) {
    const Index threads = pool == nullptr ? 1 : pool->threads();
    const Index at_once = std::min(peers, threads);
    if (at_once < 2) return;
    workers_ = std::make_unique<ThreadPool>(static_cast<int>(at_once));
    for (ThreadPool*& own : pools_) {
      owned_.push_back(
          std::make_unique<ThreadPool>(static_cast<int>(threads / at_once)));
      own = owned_.back().get();
    }
  }

  // What a peer hands its layers.
  ThreadPool* PoolOf(Index peer) const { return pools_[At(peer)]; }

  // Calls work(peer) for each; it must touch nothing of another peer.
  void ForEach(TileWork work) {
    const Index peers = std::ssize(pools_);
    if (workers_ != nullptr) return workers_->For(peers, work);
    for (Index peer = 0; peer < peers; ++peer) work(peer);
  }

 private:
  std::unique_ptr<ThreadPool> workers_;  // null: one peer after the other
  std::vector<std::unique_ptr<ThreadPool>> owned_;
  std::vector<ThreadPool*> pools_;  // one a peer
};

}  // namespace mtlkit
