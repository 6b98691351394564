#include "base/parallel.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "allocations.h"
#include "base/rng.h"
#include "base/thread_variables.h"

namespace mtlkit {
namespace {

// What a tile of a real kernel does: sums its own rows in a fixed order.
std::vector<double> SumsOfTiles(int threads, Index tiles) {
  ThreadPool pool(threads);
  const Rng rng(1, RandomPurpose::kTest);
  std::vector<double> sums(static_cast<std::size_t>(tiles));
  pool.For(tiles, [&](Index tile) {
    double sum = 0;
    for (Index i = 0; i < 100; ++i) sum += rng.Normal(tile, i);
    sums[static_cast<std::size_t>(tile)] = sum;
  });
  return sums;
}

TEST_CASE("results are the same bits for 1, 2 and 7 threads") {
  const std::vector<double> expected = SumsOfTiles(1, 300);
  CHECK(SumsOfTiles(2, 300) == expected);
  CHECK(SumsOfTiles(7, 300) == expected);
}

TEST_CASE("every tile runs exactly once, however short the jobs") {
  for (const int threads : {1, 2, 3, 7}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (Index job = 0; job < 2000; ++job) {
      const Index tiles = job % 9;
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tiles));
      pool.For(tiles, [&](Index tile) {
        runs[static_cast<std::size_t>(tile)].fetch_add(1);
      });
      for (const std::atomic<int>& count : runs) REQUIRE(count == 1);
    }
  }
}

TEST_CASE("workers that fell asleep are woken by the next job") {
  ThreadPool pool(3);
  for (int job = 0; job < 5; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> waiting{0};
    // Ends only if three threads take part at the same time.
    pool.For(3, [&](Index) {
      waiting.fetch_add(1);
      while (waiting.load() < 3) std::this_thread::yield();
    });
    CHECK(waiting == 3);
  }
}

TEST_CASE("the exception of a tile reaches the caller and the pool lives on") {
  for (const int threads : {1, 2, 7}) {
    ThreadPool pool(threads);
    for (int job = 0; job < 50; ++job) {
      std::string caught;
      try {
        pool.For(100, [&](Index tile) {
          if (tile == 40) throw std::runtime_error("tile 40");
        });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      REQUIRE(caught == "tile 40");
      std::atomic<Index> sum{0};
      pool.For(100, [&](Index tile) { sum.fetch_add(tile); });
      REQUIRE(sum == 4950);
    }
  }
}

// Sanitizers map more than any such limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("threads that cannot start are done without") {
  const pid_t child = ::fork();
  if (child == 0) {
    // Room for a few stacks only, of which the work gets its part.
    struct rlimit limits {};
    ::getrlimit(RLIMIT_DATA, &limits);
    limits.rlim_cur = 256 << 20;
    ::setrlimit(RLIMIT_DATA, &limits);
    ThreadPool pool(1024);
    std::vector<int> done(5000);
    pool.For(5000,
             [&](Index tile) { done[static_cast<std::size_t>(tile)] = 1; });
    const std::vector<char> room(64 << 20, 'x');
    const bool is_good = std::accumulate(done.begin(), done.end(), 0) == 5000 &&
                         pool.threads() > 1 && pool.threads() < 1024 &&
                         room.back() == 'x';
    ::_exit(is_good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("a job allocates nothing") {
  ThreadPool pool(3);
  std::atomic<Index> sum{0};
  const auto work = [&](Index tile) { sum.fetch_add(tile); };
  pool.For(8, work);
  const long long before = AllocationCount();
  for (int job = 0; job < 500; ++job) pool.For(8, work);
  CHECK(AllocationCount() - before == 0);
  CHECK(sum == 501 * 28);
}

// Sets an environment variable for the length of a test.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    setenv(name, value, 1);
  }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

TEST_CASE("the scheduler's cores come before the user's and the machine's") {
  unsetenv("SLURM_CPUS_PER_TASK");
  unsetenv("OMP_NUM_THREADS");
  const int machine = DefaultThreads();
  CHECK(machine >= 1);
  const Environment user("OMP_NUM_THREADS", "5,2");
  CHECK(DefaultThreads() == 5);
  const Environment scheduler("SLURM_CPUS_PER_TASK", "3");
  CHECK(DefaultThreads() == 3);
  CHECK(ThreadVariableProblem() == "");
  const Environment nonsense("SLURM_CPUS_PER_TASK", "many");
  CHECK(DefaultThreads() == 5);
  CHECK(ThreadVariableProblem() ==
        "SLURM_CPUS_PER_TASK is 'many', which is no number of threads: it is "
        "passed over");
  const Environment none("SLURM_CPUS_PER_TASK", "");
  const Environment zero("OMP_NUM_THREADS", "0");
  CHECK(DefaultThreads() == machine);
  CHECK(ThreadVariableProblem().starts_with("OMP_NUM_THREADS is '0'"));
}

}  // namespace
}  // namespace mtlkit
