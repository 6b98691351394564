// What each architecture is made of, and what it refuses.
#include "nn/arch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

Schema SchemaOf(Index tasks) {
  const Dataset data = SampleDataset(12);
  Schema schema;
  schema.tasks.assign(data.tasks.begin(), data.tasks.begin() + tasks);
  InputSpec x;
  x.name = "x";
  x.cols = 4;
  schema.inputs = {x};
  return schema;
}

Network NetworkOfArch(const std::string& arch,
                      const std::vector<std::string>& layers,
                      const std::string& norm = "none") {
  ArchOptions options;
  options.arch = arch;
  options.layers = layers;
  options.norm = norm;
  return BuildNetwork(SchemaOf(3), options);
}

std::string RefusalOf(const std::string& arch,
                      const std::vector<std::string>& layers) {
  try {
    NetworkOfArch(arch, layers);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "taken";
}

std::vector<std::string> Slices(const Network& network) {
  std::vector<std::string> names;
  for (const Slice& slice : network.weights()->slices()) {
    names.push_back(slice.name);
  }
  std::ranges::sort(names);
  return names;
}

bool Has(const Network& network, const std::string& name) {
  return network.weights()->Find(name) >= 0;
}

TEST_CASE("architectures of experts, masks and adapters need hidden layers") {
  CHECK(RefusalOf("omoe", {"none"}) ==
        "--arch omoe needs hidden layers for its experts, and --layers is "
        "none");
  CHECK(RefusalOf("mtan", {"none"}) ==
        "--arch mtan needs hidden layers to attend to, and --layers is none");
  for (const char* arch : {"cgc", "ple", "dselect-k", "film", "adapters"}) {
    CHECK(RefusalOf(arch, {"none"}).find(Str("--arch ", arch)) == 0);
  }
}

TEST_CASE("cgc has experts of each task by number, and shared ones") {
  const Network network = NetworkOfArch("cgc:own=0/1/2,shared=1", {"5"});
  CHECK(!Has(network, "own.score.0.0/kernel"));
  CHECK(Has(network, "own.sold.0.0/kernel"));
  CHECK(!Has(network, "own.sold.1.0/kernel"));
  CHECK(Has(network, "own.kind.1.0/kernel"));
  const Layout& layout = *network.weights();
  CHECK(layout.slice(layout.Find("shared.0.0/kernel")).shared);
  CHECK(!layout.slice(layout.Find("own.kind.1.0/kernel")).shared);
  CHECK(RefusalOf("cgc:own=1/2", {"5"}) ==
        "--arch cgc: own= has 2 numbers, but there are 3 tasks");
}

TEST_CASE("ple has a level for every so many layers; the last is cgc") {
  const Network two = NetworkOfArch("ple:depth=2", {"6", "5", "4"});
  CHECK(Has(two, "level.0.own.sold.0.1/kernel"));
  CHECK(Has(two, "level.1.own.sold.0.0/kernel"));
  CHECK(!Has(two, "level.1.own.sold.0.1/kernel"));
  CHECK(Has(two, "level.0.shared-gate/kernel"));
  CHECK(!Has(two, "level.1.shared-gate/kernel"));
  // A task's experts of level 1 read what only its own gate lets through.
  const Layout& layout = *two.weights();
  const auto tasks = [&](const std::string& name) {
    return layout.slice(layout.Find(name)).tasks.size();
  };
  CHECK(tasks("level.0.own.sold.0.0/kernel") == 3);  // by the shared part
  CHECK(tasks("level.1.own.sold.0.0/kernel") == 1);
  CHECK(tasks("level.0.gate.sold/kernel") == 1);
  CHECK(tasks("level.0.shared-gate/kernel") == 3);

  std::vector<std::string> one =
      Slices(NetworkOfArch("ple:depth=9", {"6", "5"}));
  for (std::string& name : one) {
    if (name.starts_with("level.0.")) name = name.substr(8);
  }
  std::ranges::sort(one);
  CHECK(one == Slices(NetworkOfArch("cgc", {"6", "5"})));
}

TEST_CASE("film and adapters have one trunk, whose parameters tasks share") {
  for (const std::string arch : {"film", "adapters"}) {
    CAPTURE(arch);
    const Network network = NetworkOfArch(arch, {"6", "5"}, "batch");
    const Layout& layout = *network.weights();
    for (const char* name : {"trunk.0/kernel", "trunk.1/kernel"}) {
      REQUIRE(layout.Find(name) >= 0);
      CHECK(layout.slice(layout.Find(name)).shared);
    }
    CHECK(std::ranges::count_if(layout.slices(), [](const Slice& slice) {
            return slice.name.starts_with("trunk.") &&
                   slice.name.ends_with("/kernel");
          }) == 2);
  }
  const Network film = NetworkOfArch("film", {"6", "5"}, "batch");
  CHECK(Has(film, "trunk.1.norm/scale"));
  CHECK(!Has(film, "trunk.1.sold.norm/scale"));
  CHECK(film.buffers()->Find("trunk.1.sold.norm/running_mean") >= 0);
}

TEST_CASE("adapters begin as hard sharing") {
  const Network network = NetworkOfArch("adapters", {"6", "5"});
  const Params params = network.Initialized(3);
  Index ups = 0;
  for (Index i = 0; i < std::ssize(network.weights()->slices()); ++i) {
    const std::string& name = network.weights()->slice(i).name;
    if (!name.ends_with(".up/kernel")) continue;
    ++ups;
    const auto values = params.weights.At(i).flat();
    CHECK(std::ranges::all_of(values, [](Real v) { return v == 0; }));
  }
  CHECK(ups == 6);
}

TEST_CASE("gates of dselect-k follow from the row or from the task alone") {
  CHECK(Has(NetworkOfArch("dselect-k", {"5"}), "gate.sold.z/kernel"));
  const Network task =
      NetworkOfArch("dselect-k:experts=5,k=3,gate=task", {"5"});
  const Layout& layout = *task.weights();
  CHECK(layout.slice(layout.Find("gate.sold.z/value")).size() == 9);
  CHECK(layout.slice(layout.Find("gate.sold.a/value")).size() == 3);
  CHECK(RefusalOf("dselect-k:experts=1", {"5"}).find("experts") !=
        std::string::npos);
}

}  // namespace
}  // namespace mtlkit
