// Peers that begin from weights of another framework.
#include <doctest/doctest.h>

#include <vector>

#include "cotrain/collaboration.h"
#include "cotrain/sample_run.h"
#include "h5/mutator.h"
#include "interop/sample_files.h"

namespace mtlkit {
namespace {

TEST_CASE("peers begin from weights of another framework, by a map") {
  const TempFolder folder;
  WriteDataset(GroupedData(), folder / "data.h5");
  PutFile(folder / "net.npz", ZipOf({{"b.npy", NpyOf("4,", {1, 2, 3, 4})}}));
  PutFile(folder / "map.txt", "trunk.0/bias b\n* fresh\n");
  RunSpec spec;
  spec.method = "fedavg";
  spec.peers = 2;
  spec.data = folder / "data.h5";
  spec.arch.layers = {"4"};
  spec.from.path = folder / "net.npz";
  spec.map = folder / "map.txt";
  InitRun(folder / "run", spec);
  const Model start = ReadModel(RunFolder(folder / "run").ModelPath(1, 0));
  const Block& weights = start.params.weights;
  const auto bias = weights.At(weights.layout().Find("trunk.0/bias")).flat();
  CHECK(std::vector<Real>(bias.begin(), bias.end()) ==
        std::vector<Real>{1, 2, 3, 4});
  CHECK(Contains(start.provenance, "\"map\""));
  // Another map makes another run.
  PutFile(folder / "map.txt", "trunk.0/bias b as-is\n* fresh\n");
  CHECK(Contains(ErrorOf([&] { InitRun(folder / "run", spec); }),
                 "with other settings or data: from"));
}

}  // namespace
}  // namespace mtlkit
