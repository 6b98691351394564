#include "interop/starting_point.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "h5/mutator.h"
#include "interop/sample_files.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

Model Skeleton(Seed seed) {
  ArchOptions arch;
  arch.layers = {"3"};
  Model model = BuildModel(SampleData(40), arch, seed, {});
  model.provenance = "[]";
  return model;
}

std::vector<Real> Values(const Model& model, std::string_view name) {
  const Block& block = model.params.weights;
  const auto flat = block.At(block.layout().Find(name)).flat();
  return {flat.begin(), flat.end()};
}

TEST_CASE("training begins from weights of another framework") {
  const TempFolder folder;
  PutFile(folder / "net.npz",
          ZipOf({{"trunk.0.bias.npy", NpyOf("3,", {1, 2, 3})}}));
  const StartingPoint point(folder / "net.npz");
  Model model = Skeleton(1);
  const WarmStart start = point.Begin(&model);
  CHECK(start.taken == std::vector<std::string>{"trunk.0/bias"});
  CHECK(Values(model, "trunk.0/bias") == std::vector<Real>{1, 2, 3});
  REQUIRE(point.Sources().size() == 1);
  CHECK(point.Sources()[0].role == "from");
  CHECK(point.Sources()[0].digest == Sha256Of(FileBytes(folder / "net.npz")));
}

TEST_CASE("a map renames parameters of a model of ours, and stays known") {
  const TempFolder folder;
  Model source = Skeleton(1);
  source.seen.trained = {3, 7};
  WriteModel(source, folder / "a.h5");
  PutFile(folder / "map.txt", "trunk.0/kernel trunk.0/kernel\n* fresh\n");
  const StartingPoint point(folder / "a.h5", folder / "map.txt");
  Model model = Skeleton(2);
  const WarmStart start = point.Begin(&model);
  CHECK(start.taken == std::vector<std::string>{"trunk.0/kernel"});
  // Ours have inputs first, whatever the map says of names.
  CHECK(Values(model, "trunk.0/kernel") == Values(source, "trunk.0/kernel"));
  CHECK(Values(model, "trunk.0/bias") == Values(Skeleton(2), "trunk.0/bias"));
  CHECK(model.seen.trained == RowKeySet{3, 7});
  REQUIRE(point.Sources().size() == 2);
  CHECK(point.Sources()[1].role == "map");
}

TEST_CASE("what is missing or no weights is refused by name") {
  const TempFolder folder;
  CHECK_THROWS_AS(StartingPoint(folder / "none.pt"), Error);
  PutFile(folder / "a.csv", "a,b\n1,2\n");
  CHECK_THROWS_WITH(
      StartingPoint(folder / "a.csv"),
      doctest::Contains("is CSV or other text, not weights of a kind"));
}

}  // namespace
}  // namespace mtlkit
