// Rounds on a cluster: leases, waiting, free-running rounds, replay, gc, guard.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cotrain/collect.h"
#include "cotrain/guard.h"
#include "cotrain/lease.h"
#include "cotrain/round_inputs.h"
#include "cotrain/rounds.h"
#include "cotrain/sample_run.h"
#include "cotrain/status.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a lease is there while a round is worked on, and gone after") {
  SampleRun run("fedavg");
  fs::create_directories(run.folder().RoundPath(0, 1));
  const std::string path = run.folder().LeasePath(0, 1);
  {
    const Lease lease(run.folder(), 0, 1);
    CHECK(fs::exists(path));
  }
  CHECK_FALSE(fs::exists(path));
  run.Round(0);
  CHECK_FALSE(fs::exists(path));
}

// A lease as another process would have written it.
void WriteLease(const std::string& path, const Json& holder) {
  std::ofstream(path) << holder.dump() << '\n';
}

TEST_CASE("a lease of a living process is respected, a dead one taken over") {
  SampleRun run("fedavg");
  fs::create_directories(run.folder().RoundPath(0, 1));
  const std::string path = run.folder().LeasePath(0, 1);
  Json mine;
  {
    const Lease lease(run.folder(), 0, 1);
    std::ifstream file(path);
    mine = Json::parse(file);
  }
  // The parent's number, but another beginning: that process is gone.
  Json other = mine;
  other["pid"] = getppid();
  other["began"] = "1";
  WriteLease(path, other);
  CHECK_NOTHROW(Lease(run.folder(), 0, 1));
  // Another host that touched it just now.
  other["host"] = "elsewhere";
  WriteLease(path, other);
  const std::string refusal = ErrorOf([&] { run.Round(0); });
  CHECK(refusal.starts_with("75 round 1 of peer 0 is being worked on by "));
  CHECK(Contains(refusal, "elsewhere"));
  CHECK_FALSE(fs::exists(run.folder().DonePath(0, 1)));
  // And one that has not for an hour.
  fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(1));
  run.Round(0);
  CHECK(fs::exists(run.folder().DonePath(0, 1)));
}

TEST_CASE("a lease that was cut short is no lease") {
  SampleRun run("fedavg");
  fs::create_directories(run.folder().RoundPath(0, 1));
  std::ofstream(run.folder().LeasePath(0, 1)) << "{\"host\": \"x";
  run.Round(0);
  CHECK(fs::exists(run.folder().DonePath(0, 1)));
}

std::string Missing(SampleRun* run, const std::string& on_missing) {
  RoundsRequest request;
  request.peer = "0";
  request.on_missing = on_missing;
  request.wait = "0.1s";
  return ErrorOf([&] { RunRounds(run->run(), request, run->environment()); });
}

TEST_CASE("peers that have not done the round before: fail, skip or go") {
  SampleRun run("codistillation");
  run.Round(0);
  CHECK(NotYetThere(run.run(), 0, 2) == std::vector<Index>{1});
  CHECK(Missing(&run, "fail").starts_with("75 peer 0: round 2 waits for pee"));
  CHECK(Missing(&run, "skip").empty());
  CHECK(run.folder().NewestRound(0) == 1);
  CHECK(Missing(&run, "go").empty());
  CHECK(run.folder().NewestRound(0) == 2);
}

TEST_CASE("rounds that run free read what is ahead, and come out again") {
  SampleRun run("codistillation",
                [](RunSpec* spec) { spec->cotrain.async = true; });
  run.Round(1);
  run.Round(1);
  run.Round(0);
  const DoneRecord second = run.Round(0);
  bool ahead = false;
  for (const RoundInput& input : second.inputs) {
    ahead = ahead || (input.peer == 1 && input.round == 2);
  }
  CHECK(ahead);
  run.Round(1);
  CHECK(VerifyRun(run.path()).empty());
  CHECK(ReplayRound(run.run(), 0, 2, run.environment()).empty());
}

TEST_CASE("a round that comes out otherwise is told apart by its files") {
  SampleRun run("fedavg");
  run.Rounds(2);
  CHECK(ReplayRound(run.run(), 1, 2, run.environment()).empty());
  // What it starts from is another's.
  fs::copy_file(run.folder().ModelPath(0, 1), run.folder().ModelPath(1, 1),
                fs::copy_options::overwrite_existing);
  CHECK(ReplayRound(run.run(), 1, 2, run.environment()).size() >= 1);
  CHECK(Contains(
      ErrorOf([&] { ReplayRound(run.run(), 1, 3, run.environment()); }),
      "peer 1 has not done round 3"));
}

TEST_CASE("what old rounds no longer need is removed, and missed by nobody") {
  const auto young = [](RunSpec* spec) { spec->cotrain.max_stale = 1; };
  SampleRun run("fedavg", young);
  run.Rounds(4);
  const CollectReport report = CollectRun(run.path(), 2);
  CHECK(report.models == 4);
  CHECK(report.publications == 4);
  CHECK(fs::exists(run.folder().ModelPath(0, 0)));
  CHECK_FALSE(fs::exists(run.folder().ModelPath(0, 2)));
  CHECK(fs::exists(run.folder().ModelPath(0, 3)));
  CHECK(VerifyRun(run.path()).empty());
  CHECK(CollectRun(run.path(), 2).models == 0);
  run.Rounds(1);
  SampleRun whole("fedavg", young);
  whole.Rounds(5);
  CHECK(run.Bytes(1, 5) == whole.Bytes(1, 5));
  // What was not collected is still missed.
  fs::remove(run.folder().ModelPath(0, 4));
  CHECK(VerifyRun(run.path()).size() == 1);
}

TEST_CASE("harm is a loss that is more, and no number") {
  const double nan = std::nan("");
  CHECK_FALSE(DidHarm(0.5, 0.5, 0));
  CHECK_FALSE(DidHarm(0.5, 0.59, 0.1));
  CHECK(DidHarm(0.5, 0.61, 0.1));
  CHECK(DidHarm(0.5, nan, 0));
  CHECK_FALSE(DidHarm(nan, 0.5, 0));
}

TEST_CASE("a round that does harm is undone, said and recorded") {
  SampleRun run("fedavg", [](RunSpec* spec) {
    spec->cotrain.guard = "valid";
    // Steps so large that some round makes it worse.
    spec->train.optimizer.rate = 0.5;
    spec->train.epochs = 1;
  });
  bool any = false;
  for (Index round = 1; round <= 6; ++round) {
    const DoneRecord done = run.Round(0);
    run.Round(1);
    if (!done.undone) continue;
    any = true;
    CHECK(round > 1);
    CHECK(Contains(done.notes.back(), "undone: on the rows of 'valid'"));
    const auto weights = [&](Index of) {
      const Model model = ReadModel(run.folder().ModelPath(0, of));
      const auto all = model.params.weights.all();
      return std::vector<Real>(all.begin(), all.end());
    };
    CHECK(weights(round) == weights(round - 1));
  }
  CHECK(any);
  CHECK(VerifyRun(run.path()).empty());
}

}  // namespace
}  // namespace mtlkit
