#include <doctest/doctest.h>

#include <vector>

#include "cotrain/beginnings.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

TEST_CASE("pieces of numbers are those of the rows of all peers") {
  const TempFolder folder;
  WriteDataset(GroupedData(), folder / "data.h5");
  RunSpec spec;
  spec.peers = 2;
  spec.data = folder / "data.h5";
  spec.arch.layers = {"4"};
  spec.arch.numbers = "pieces:count=3";
  const auto edges = [](const Model& model) {
    const auto all = model.params.buffers.all();
    return std::vector<double>(all.begin(), all.end());
  };
  const Dataset data = ReadDataset(folder / "data.h5");
  const std::vector<double> expected =
      edges(BuildModel(data, spec.arch, 1, data.SplitRows("train")));
  const Beginnings beginnings(&spec);
  for (const Index peer : {0, 1}) {
    const std::vector<Index> own(
        data.SplitRows("train").begin() + 40 * peer,
        data.SplitRows("train").begin() + 40 * peer + 40);
    CHECK(edges(BuildModel(data, spec.arch, 1, own)) != expected);
    CHECK(edges(beginnings
                    .Make({spec, data, peer, 1, own, data.SplitRows("train")})
                    .model) == expected);
  }
}

}  // namespace
}  // namespace mtlkit
