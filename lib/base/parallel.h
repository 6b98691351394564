#pragma once

#include <memory>
#include <type_traits>

#include "base/view.h"

namespace mtlkit {

// A reference to a callable `void(Index)`, without the allocation of
// std::function. Must not outlive what it refers to.
class TileWork {
 public:
  template <class Work>
  requires(!std::is_same_v<std::remove_cvref_t<Work>, TileWork>)
      TileWork(Work&& work)  // NOLINT: implicit, so that lambdas can be passed
      : object_(const_cast<void*>(static_cast<const void*>(&work))),
        call_([](void* object, Index tile) {
          (*static_cast<std::remove_reference_t<Work>*>(object))(tile);
        }) {}

  void operator()(Index tile) const { call_(object_, tile); }

 private:
  void* object_;
  void (*call_)(void*, Index);
};

// A small pool of threads that run numbered tiles. Which thread runs which
// tile is not determined, so a tile must own what it writes; then results do
// not depend on the number of threads. The caller works too, so a sleeping
// worker costs at most one tile. Idle workers spin for at most 50 us, then
// sleep. Only one thread at a time may call For; a tile must not call For.
class ThreadPool {
 public:
  // A thread that does less than this many floating-point operations between
  // two sleeps costs more than it helps.
  static constexpr Index kWorthAThread = 4'000'000;

  // Needs threads >= 1; 1 starts no thread and runs everything in the caller.
  // Goes on with fewer where the system starts no more: see threads().
  explicit ThreadPool(int threads, Index worth_a_thread = kWorthAThread);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  // How many threads `operations` of floating point are worth: 1 to threads().
  Index ThreadsFor(Index operations) const;

  // Runs work(0) ... work(tiles - 1) and returns when all are done. The first
  // exception of a tile is thrown again here. Allocates nothing.
  void For(Index tiles, TileWork work);

 private:
  struct State;
  std::unique_ptr<State> state_;
  Index worth_a_thread_;
};

// Cores this process may use: SLURM_CPUS_PER_TASK, else OMP_NUM_THREADS, else
// the cgroup's quota, else the affinity mask.
int DefaultThreads();

}  // namespace mtlkit
