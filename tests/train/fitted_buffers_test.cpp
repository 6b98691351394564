// Buffers that are fitted when a model is made (edges of pieces) stay as they
// are, whatever training does with running statistics.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "train/sample.h"
#include "train/warm_start.h"

namespace mtlkit {
namespace {

Model PiecesModel(const Dataset& data, Seed seed, Index count = 4) {
  ArchOptions arch;
  arch.layers = {"8"};
  arch.norm = "batch";
  arch.numbers = Str("pieces:count=", count);
  return BuildModel(data, arch, seed, data.SplitRows("train"));
}

std::vector<Real> FittedEdges(const Model& model) {
  const Block& buffers = model.params.buffers;
  const auto flat = buffers.At(buffers.layout().Find("pieces/edges")).flat();
  return {flat.begin(), flat.end()};
}

TEST_CASE("edges of pieces outlive training, averages and teachers") {
  const Dataset data = SampleData(120);
  TrainOptions options = SampleOptions();
  options.epochs = 3;
  std::string protocol = "solo";
  SUBCASE("ema") {
    options.average = "ema:decay=0.9";
  }
  SUBCASE("swa, which finds statistics anew") {
    options.average = "swa:start=0.3";
  }
  SUBCASE("mean-teacher") {
    protocol = "mean-teacher";
  }
  std::vector<Model> models = {PiecesModel(data, 1), PiecesModel(data, 2)};
  const std::vector<Real> edges = FittedEdges(models[0]);
  CHECK(FittedEdges(models[1]) == edges);
  std::vector<Peer> peers;
  const std::size_t count = protocol == "solo" ? 1 : 2;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back({&models[i], i + 1, InputsOf(data, options)});
  }
  TrainPeers(peers, options, protocol, 3, {});
  for (const Model& model : models) {
    // A mean of equal numbers is one of them, to the precision of files.
    const std::vector<Real> after = FittedEdges(model);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      CHECK(static_cast<float>(after[i]) == static_cast<float>(edges[i]));
    }
  }
}

TEST_CASE("a model that begins from another has its edges") {
  const Dataset data = SampleData(120);
  const Model source = PiecesModel(data, 1);
  Dataset other = SampleData(120, 9);
  Model model = PiecesModel(other, 2);
  CHECK(FittedEdges(model) != FittedEdges(source));
  TakeParameters(source, "a.h5", &model);
  CHECK(FittedEdges(model) == FittedEdges(source));
  Model finer = PiecesModel(other, 2, 5);
  CHECK_THROWS(TakeParameters(source, "a.h5", &finer));
}

}  // namespace
}  // namespace mtlkit
