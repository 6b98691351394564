#include "train/useful_settings.h"

#include <doctest/doctest.h>

#include "train/sample.h"

namespace mtlkit {
namespace {

InputBlock NoWords(Index rows) {
  InputBlock words;
  words.name = "words";
  words.kind = InputKind::kSparse;
  words.cols = 3;
  words.row_starts =
      Array<std::int64_t>(std::vector<std::int64_t>(At(rows + 1)));
  return words;
}

std::string Useless(const ArchOptions& arch, const TrainOptions& train = {}) {
  const Dataset data = SampleData(40);
  const Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  std::string text;
  for (const auto& [flag, why] : FindUseless(model, train)) {
    text += flag + ": " + why + ". ";
  }
  return text;
}

TEST_CASE("what hidden layers have counts only where there are some") {
  ArchOptions arch;
  arch.dropout = 0.2;
  arch.norm = "layer";
  arch.activation = "tanh";
  CHECK(Useless(arch).empty());
  arch.layers = {"none"};
  CHECK(Useless(arch) ==
        "activation: the network has no hidden layer. "
        "dropout: the network has no hidden layer. "
        "norm: the network has no hidden layer. ");
  arch.head_layers = {"4"};
  CHECK(Useless(arch).empty());
}

TEST_CASE("branches count only where layers are added to what they read") {
  ArchOptions arch;
  arch.layers = {"16", "8"};
  arch.residual = "plain";
  CHECK(Useless(arch) ==
        "residual: no chain of hidden layers has one as wide as what it "
        "reads. ");
  arch.residual = "resnet";
  arch.layers = {"8"};
  CHECK(Useless(arch) ==
        "residual: no chain of layers has a second, of which the first block "
        "would be made. ");
  arch.layers = {"8", "8"};
  CHECK(Useless(arch).empty());
  arch.residual = "plain";
  CHECK(Useless(arch).empty());
  arch.drop_path = 0.1;
  CHECK(Useless(arch).empty());
  arch.residual = "none";
  CHECK(Useless(arch) ==
        "drop-path: no layer is added to what it reads (--residual). ");
}

TEST_CASE("tables of categories, and layers of a hierarchy") {
  ArchOptions arch;
  arch.embedding = 3;
  CHECK(Useless(arch) == "embedding: no input holds categories or texts. ");
  ArchOptions pieces;
  pieces.numbers = "pieces";
  CHECK(Useless(pieces).empty());
  Dataset words = SampleData(40);
  words.inputs[0] = NoWords(40);
  CHECK(FindUseless(BuildModel(words, pieces, 1, {}), {}).at("numbers") ==
        "no input holds numbers");
  ArchOptions tree;
  tree.layers = {"5"};
  tree.hierarchy =
      R"({"groups": [{"name": "a", "layers": [4], "tasks": ["*"]}]})";
  CHECK(Useless(tree) ==
        "layers: every group of the hierarchy has layers of its own. ");
  tree.hierarchy = R"({"groups": [{"name": "a", "tasks": ["*"]}]})";
  CHECK(Useless(tree).empty());
}

TEST_CASE("a weighting needs tasks that share something") {
  ArchOptions arch;
  arch.arch = "single";
  for (const char* name : {"pcgrad", "mgda", "famo", "graddrop", "db-mtl"}) {
    TrainOptions train;
    train.weighting.weighting = name;
    CHECK(Useless(arch, train) ==
          "weighting: the tasks share no parameters, between which it would "
          "weigh. ");
    CHECK(Useless({}, train).empty());
  }
  TrainOptions train;
  train.weighting.weighting = "fixed";
  CHECK(Useless(arch, train).empty());
  train.weighting.gradients_at = "representation";
  CHECK(Useless({}, train) ==
        "gradients-at: --weighting fixed takes no gradients. ");
}

TEST_CASE("what counts for one of several models counts") {
  UselessSettings both = {{"norm", "a"}, {"dropout", "b"}};
  KeepUselessOfBoth({{"norm", "c"}}, &both);
  CHECK(both == UselessSettings{{"norm", "a"}});
  CHECK_THROWS_WITH(RequireUseful(both),
                    "--norm has no effect: a (leave it out)");
  RequireUseful({});
}

TEST_CASE("gradients are compared where tasks share parameters") {
  TrainOptions train;
  train.diagnose = 10;
  CHECK(Useless({}, train).empty());
  ArchOptions arch;
  arch.arch = "single";
  CHECK(Useless(arch, train) ==
        "diagnose: no two tasks share parameters, whose gradients it would "
        "compare. ");
}

}  // namespace
}  // namespace mtlkit
