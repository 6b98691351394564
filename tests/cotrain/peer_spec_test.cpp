// What single peers are, in one text each: --peer.
#include <doctest/doctest.h>

#include "cotrain/local.h"
#include "cotrain/run_flags.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

std::vector<PeerSpec> Parsed(std::vector<std::string> texts) {
  PeerFlags flags;
  flags.peer = std::move(texts);
  return flags.Parse(3);
}

TEST_CASE(
    "a peer is described in one text, in which options of its "
    "architecture may stand") {
  const auto specs =
      Parsed({"2:arch=mmoe:experts=4,top-k=2:layers=64,32:seed=7",
              R"(0:tasks=a,b*,c\, d:inputs=x)", "0:rows=east:from=m.h5"});
  REQUIRE(specs.size() == 3);
  CHECK(specs[2].arch == "mmoe:experts=4,top-k=2");
  CHECK(specs[2].layers == std::vector<std::string>{"64", "32"});
  CHECK(specs[2].seed == 7);
  CHECK(specs[0].tasks == std::vector<std::string>{"a", "b*", "c, d"});
  CHECK(specs[0].inputs == std::vector<std::string>{"x"});
  CHECK(specs[0].rows == "east");
  CHECK(specs[0].from.path == "m.h5");
  CHECK(specs[1].IsDefault());
  CHECK_FALSE(Parsed({"0:seed=0"})[0].IsDefault());
}

TEST_CASE("what is no description of a peer is refused by what is wrong") {
  const auto error = [](const std::string& text) {
    return ErrorOf([&] { Parsed({text}); });
  };
  CHECK(error("3:seed=1") ==
        "2 --peer '3:seed=1' is no PEER:NAME=VALUE[:NAME=VALUE...] (peers are "
        "0 to 2)");
  CHECK(Contains(error("seed=1"), "is no PEER:NAME"));
  CHECK(Contains(error("1:"), "is no PEER:NAME"));
  CHECK(error("1:arhc=mmoe") ==
        "2 --peer 1:arhc=mmoe: a peer has no setting 'arhc' (it has arch, "
        "layers, inputs, tasks, rows, seed, from)");
  CHECK(Contains(error("1:seed=-2"), "'seed=-2' gives no seed"));
  CHECK(Contains(error("1:layers="), "'layers=' gives no layers"));
  CHECK(Contains(error("1:seed"), "'seed' gives no seed"));
  CHECK(Contains(error("1:seed=1:seed=2"), "seed of peer 1 is said twice"));
  PeerFlags both;
  both.arch = {"1=mmoe"};
  both.peer = {"1:arch=shared"};
  CHECK(Contains(ErrorOf([&] { both.Parse(3); }),
                 "arch of peer 1 is said twice"));
}

// Its own seed is another beginning in one process and in rounds, and nothing
// else changes.
TEST_CASE("a peer with a seed of its own begins otherwise, the others do not") {
  const TempFolder folder;
  WriteDataset(SampleDataset(), folder / "data.h5");
  const auto weights = [&](const std::string& peer, Index of) {
    RunFlags flags("solo", false);
    flags.spec.arch.layers = {"4"};
    flags.spec.train.epochs = 1;
    if (!peer.empty()) flags.peers.peer = {peer};
    const std::string path = folder / Str("run", peer.size());
    TrainLocally(path, flags.Finish(1, folder / "data.h5"), {});
    const Model model = ReadModel(RunFolder(path).ModelPath(of, 1));
    const auto all = model.params.weights.all();
    return std::vector<Real>(all.begin(), all.end());
  };
  CHECK(weights("", 0) == weights("1:seed=5", 0));
  CHECK(weights("", 1) != weights("1:seed=5", 1));
  const auto first = [](Index seed) {
    SampleRun run("codistillation", [&](RunSpec* spec) {
      spec->each.resize(2);
      spec->each[1].seed = seed;
    });
    // What was written is what is read.
    CHECK(ReadSpec(run.folder()).Peer(1).seed == seed);
    const Model model = ReadModel(run.folder().ModelPath(1, 0));
    const auto all = model.params.weights.all();
    return std::vector<Real>(all.begin(), all.end());
  };
  CHECK(first(-1) != first(5));
}

// Peers whose parameters are averaged may have seeds and rows of their own,
// and no other network.
TEST_CASE("peers that are averaged are refused networks of their own") {
  const auto error = [](const std::string& text) {
    return ErrorOf([&] {
      SampleRun("fedavg", [&](RunSpec* spec) {
        spec->each = Parsed({text});
        spec->peers = 3;
      });
    });
  };
  CHECK(error("1:seed=5").empty());
  CHECK(Contains(error("1:layers=5"), "2 --method fedavg averages parameters"));
  CHECK(Contains(error("1:arch=mmoe"), "leave out all of --peer but rows"));
}

}  // namespace
}  // namespace mtlkit
