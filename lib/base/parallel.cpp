#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <fstream>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/thread_variables.h"

namespace mtlkit {
namespace {

constexpr std::chrono::microseconds kSpinTime{50};
constexpr std::size_t kCacheLine = 64;
// Pauses between two looks at the clock, which costs as much as several.
constexpr int kPausesPerLook = 32;

void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waits until `done()`, for at most kSpinTime; whether it came true.
template <class Done>
bool Spin(const Done& done) {
  const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int pause = 0; pause < kPausesPerLook; ++pause) {
      if (done()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return done();
}

}  // namespace

// A job is open while `epoch` is odd. A worker counts itself in `inside`
// before it looks at `epoch`; the caller closes the job before it waits for
// `inside` to become 0. Both are sequentially consistent, so either the caller
// waits for the worker or the worker sees the job closed: a late worker can
// never touch the fields of a job that is over.
struct ThreadPool::State {
  // Starts workers, and says how many there are: fewer if no more can be.
  int Start(int count);
  void StopAll();
  void Work();
  void RunTiles();
  void KeepException();
  void Open(Index count, const TileWork& tile_work);
  void CloseAndWait();

  // Written while no job is open.
  const TileWork* work = nullptr;
  Index tiles = 0;
  bool stop = false;

  alignas(kCacheLine) std::atomic<Index> next{0};
  alignas(kCacheLine) std::atomic<std::uint32_t> epoch{0};
  alignas(kCacheLine) std::atomic<std::uint32_t> inside{0};

  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  std::exception_ptr exception;
  std::vector<std::thread> workers;
};

void ThreadPool::State::KeepException() {
  if (!failed.test_and_set()) exception = std::current_exception();
  next.store(tiles);  // no tile that has not begun will
}

void ThreadPool::State::RunTiles() {
  try {
    for (;;) {
      const Index tile = next.fetch_add(1, std::memory_order_relaxed);
      if (tile >= tiles) return;
      (*work)(tile);
    }
  } catch (...) {
    KeepException();
  }
}

void ThreadPool::State::Work() {
  std::uint32_t seen = 0;
  for (;;) {
    const auto is_new = [&] {
      const std::uint32_t now = epoch.load(std::memory_order_acquire);
      return now % 2 == 1 && now != seen;
    };
    while (!is_new() && !Spin(is_new)) {
      const std::uint32_t now = epoch.load();
      if (now % 2 == 0 || now == seen) epoch.wait(now);
    }
    inside.fetch_add(1);
    const std::uint32_t now = epoch.load();
    const bool stopped = now % 2 == 1 && stop;
    if (now % 2 == 1 && !stopped) {
      seen = now;
      RunTiles();
    }
    if (inside.fetch_sub(1) == 1) inside.notify_one();
    if (stopped) return;
  }
}

void ThreadPool::State::Open(Index count, const TileWork& tile_work) {
  work = &tile_work;
  tiles = count;
  next.store(0, std::memory_order_relaxed);
  epoch.fetch_add(1);
  epoch.notify_all();
}

void ThreadPool::State::CloseAndWait() {
  epoch.fetch_add(1);
  if (Spin([&] { return inside.load() == 0; })) return;
  for (std::uint32_t left = inside.load(); left != 0; left = inside.load()) {
    inside.wait(left);
  }
}

namespace {

// Tiles need little; the 8 MiB of the system count as memory in use where that
// is limited, as tools limit it.
void LimitStacks() {
#ifdef __GLIBC__
  constexpr std::size_t kStackBytes = std::size_t{1} << 20;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, kStackBytes);
  (void)pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
#endif
}

}  // namespace

int ThreadPool::State::Start(int count) {
  workers.reserve(static_cast<std::size_t>(count));
  try {
    for (int i = 0; i < count; ++i) workers.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    // The limit of processes or of memory.
  } catch (const std::bad_alloc&) {
  }
  return static_cast<int>(workers.size());
}

void ThreadPool::State::StopAll() {
  stop = true;
  epoch.fetch_add(1);
  epoch.notify_all();
  for (std::thread& worker : workers) worker.join();
}

ThreadPool::ThreadPool(int threads, Index worth_a_thread)
    : state_(std::make_unique<State>()), worth_a_thread_(worth_a_thread) {
  assert(threads >= 1 && worth_a_thread >= 1);
  if (threads > 1) LimitStacks();
  // Where the system starts no more, half of what it did start is enough: the
  // rest is left for the work itself, which needs memory too.
  for (int wanted = threads - 1; wanted > 0;) {
    const int started = state_->Start(wanted);
    if (started == wanted) break;
    state_->StopAll();
    state_ = std::make_unique<State>();
    wanted = started / 2;
  }
}

ThreadPool::~ThreadPool() {
  state_->StopAll();
}

int ThreadPool::threads() const {
  return static_cast<int>(state_->workers.size()) + 1;
}

Index ThreadPool::ThreadsFor(Index operations) const {
  return std::clamp<Index>(operations / worth_a_thread_, 1, threads());
}

void ThreadPool::For(Index tiles, TileWork work) {
  if (tiles <= 1 || state_->workers.empty()) {
    for (Index tile = 0; tile < tiles; ++tile) work(tile);
    return;
  }
  state_->Open(tiles, work);
  state_->RunTiles();
  state_->CloseAndWait();
  if (state_->exception != nullptr) {
    state_->failed.clear();
    std::rethrow_exception(std::exchange(state_->exception, nullptr));
  }
}

namespace {

constexpr int kMostThreads = 1024;

int FromAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

int CoresOfQuota(double quota, double period) {
  if (quota <= 0 || period <= 0) return 0;
  return static_cast<int>(
      std::min<double>(std::ceil(quota / period), kMostThreads));
}

// Cores that the control group of this process may use, 0 if it has no quota.
int FromControlGroup() {
  std::ifstream own("/proc/self/cgroup");
  std::string path;
  for (std::string line; std::getline(own, line);) {
    if (line.rfind("0::", 0) == 0) path = line.substr(3);
  }
  for (const std::string& folder : {path, std::string()}) {
    std::ifstream max("/sys/fs/cgroup" + folder + "/cpu.max");
    double quota = 0;
    double period = 0;
    if (max >> quota >> period) return CoresOfQuota(quota, period);
  }
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  if (quota_file >> quota && period_file >> period) {
    return CoresOfQuota(quota, period);
  }
  return 0;
}

}  // namespace

int DefaultThreads() {
  if (const int threads = ThreadsOfEnvironment(); threads > 0) return threads;
  const int cores = std::max(1, FromAffinity());
  const int quota = FromControlGroup();
  return quota > 0 ? std::min(quota, cores) : cores;
}

}  // namespace mtlkit
