#include "train/warm_start.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/freeze.h"
#include "train/sample.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

Model ModelOf(const Dataset& data, const std::vector<std::string>& layers,
              Seed seed) {
  ArchOptions arch;
  arch.layers = layers;
  arch.norm = "batch";
  return BuildModel(data, arch, seed, data.SplitRows("train"));
}

std::vector<Real> Values(const Block& block, std::string_view name) {
  const Index slice = block.layout().Find(name);
  REQUIRE(slice >= 0);
  const auto flat = block.At(slice).flat();
  return {flat.begin(), flat.end()};
}

TEST_CASE("parameters are taken by name; the others are told apart") {
  ArchOptions arch;
  arch.layers = {"8", "6"};
  arch.head_layers = {"4"};
  Dataset data = SampleData(60);
  const Model source = BuildModel(data, arch, 1, {});
  data.tasks[1].name = "sort";  // its head has another name
  Model model = BuildModel(data, arch, 2, {});
  const WarmStart start = TakeParameters(source, "a.h5", &model);
  CHECK(std::count(start.taken.begin(), start.taken.end(), "trunk.0/kernel") ==
        1);
  CHECK(std::count(start.fresh.begin(), start.fresh.end(),
                   "head.sort.0/kernel") == 1);
  CHECK(std::count(start.unused.begin(), start.unused.end(),
                   "head.kind.0/kernel") == 1);
  CHECK(Values(model.params.weights, "trunk.0/kernel") ==
        Values(source.params.weights, "trunk.0/kernel"));
  CHECK(Values(model.params.weights, "head.sort.0/kernel") !=
        Values(source.params.weights, "head.kind.0/kernel"));
}

TEST_CASE("a model knows the rows of the one that it begins from") {
  const Dataset data = SampleData(60);
  Model source = ModelOf(data, {"8"}, 1);
  source.seen = {{3, 7}, {9}};
  Model model = ModelOf(data, {"8"}, 2);
  model.seen.trained = {5};
  const WarmStart start = TakeParameters(source, "a.h5", &model);
  CHECK(model.seen.trained == RowKeySet{3, 5, 7});
  CHECK(model.seen.chosen == RowKeySet{9});
  CHECK(WarmStartText(start, "a.h5") == Str("took ", start.taken.size(), " of ",
                                            start.taken.size(),
                                            " arrays of parameters from a.h5"));
}

TEST_CASE("another shape names both sides") {
  const Dataset data = SampleData(60);
  const Model source = ModelOf(data, {"8"}, 1);
  Model model = ModelOf(data, {"16"}, 2);
  CHECK_THROWS_WITH_AS(
      TakeParameters(source, "a.h5", &model),
      "--from a.h5: trunk.0/kernel is 10 x 8 there, but 10 x 16 here (give the "
      "same --layers and --numbers, and prepare the data alike (mtl-prep "
      "--like))",
      Error);
}

TEST_CASE("other columns under the same name are refused") {
  Dataset data = SampleData(60);
  const Model source = ModelOf(data, {"8"}, 1);
  data.inputs[0].columns = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  Model model = ModelOf(data, {"8"}, 2);
  CHECK_THROWS_AS(TakeParameters(source, "a.h5", &model), Error);
}

TEST_CASE("layers are frozen by name, group or pattern") {
  const Dataset data = SampleData(60);
  const Model model = ModelOf(data, {"8", "6"}, 1);
  const auto names = [&](const std::vector<std::string>& patterns) {
    std::string text;
    const std::vector<bool> frozen = FrozenSlices(*model.network, patterns);
    for (std::size_t i = 0; i < frozen.size(); ++i) {
      if (!frozen[i]) continue;
      text += (text.empty() ? "" : " ") +
              model.network->weights()->slice(static_cast<Index>(i)).name;
    }
    return text;
  };
  CHECK(names({}).empty());
  CHECK(names({"trunk.1/bias"}) == "trunk.1/bias");
  CHECK(names({"trunk.0*"}) ==
        "trunk.0/kernel trunk.0/bias trunk.0.norm/scale trunk.0.norm/shift");
  CHECK(names({"trunk"}).find("trunk.1.norm/shift") != std::string::npos);
  CHECK(names({"trunk"}).find("head") == std::string::npos);
  CHECK_THROWS_AS(names({"*"}), Error);
  CHECK_THROWS_WITH_AS(names({"trnk"}),
                       "--freeze: there is no layer 'trnk'; did you mean "
                       "'trunk'? (layers: trunk.0, trunk.0.norm, trunk.1, "
                       "trunk.1.norm, heads.trunk)",
                       Error);
  try {
    names({"trnk.0"});
    FAIL("an unknown layer was frozen");
  } catch (const Error& error) {
    CHECK(error.message() ==
          "--freeze: there is no layer 'trnk.0'; did you mean 'trunk.0'?");
  }
}

// The state after a few steps, with or without a frozen trunk.
TraineeState StateAfter(const std::vector<std::string>& freeze,
                        const std::string& weighting, Model* model) {
  const Dataset data = SampleData(60);
  *model = ModelOf(data, {"8", "6"}, 1);
  TrainOptions options = SampleOptions();
  options.batch = 64;
  options.freeze = freeze;
  options.weighting.weighting = weighting;
  options.optimizer.decay = 0.1;
  options.optimizer.clip_norm = 1e-3;
  const Peer peer = {model, 1, InputsOf(data, options)};
  const auto solo = MakeProtocol({"solo", {}}, 1);
  Trainee trainee(peer, options, *solo, nullptr);
  const std::vector<Index> rows = trainee.train_rows();
  for (Index step = 0; step < 3; ++step) {
    trainee.Forward(rows, step);
    REQUIRE(trainee.Learn(step, 0.01, 0) == -1);
  }
  return trainee.state();
}

TEST_CASE("what is frozen does not move, by no way") {
  for (const char* weighting : {"equal", "pcgrad", "graddrop", "db-mtl"}) {
    CAPTURE(weighting);
    Model model;
    const TraineeState state = StateAfter({"trunk"}, weighting, &model);
    const Layout& layout = model.params.weights.layout();
    for (Index i = 0; i < static_cast<Index>(layout.slices().size()); ++i) {
      const Slice& slice = layout.slice(i);
      CAPTURE(slice.name);
      const bool frozen = slice.name.starts_with("trunk");
      CHECK((Values(state.learner.params.weights, slice.name) ==
             Values(model.params.weights, slice.name)) == frozen);
      const auto at = static_cast<std::size_t>(i);
      CHECK((state.learner.slice_steps[at] == 0) == frozen);
      if (!frozen) continue;
      for (Index k = 0; k < slice.size(); ++k) {
        const auto place = static_cast<std::size_t>(slice.offset + k);
        REQUIRE(state.learner.slots[0][place] == 0);
      }
    }
    // Nor do the running statistics of its batch norm.
    const auto before = model.params.buffers.all();
    const auto after = state.learner.params.buffers.all();
    CHECK(std::equal(before.begin(), before.end(), after.begin(), after.end()));
  }
}

TEST_CASE("a frozen layer alone leaves the others' statistics to learn") {
  Model model;
  const TraineeState state = StateAfter({"trunk.0*"}, "equal", &model);
  const auto moved = [&](std::string_view name) {
    return Values(state.learner.params.buffers, name) !=
           Values(model.params.buffers, name);
  };
  CHECK(!moved("trunk.0.norm/running_mean"));
  CHECK(moved("trunk.1.norm/running_mean"));
}

TEST_CASE("a model of other members names the flag") {
  const Dataset data = SampleData(60);
  const auto of_members = [&](const std::string& members) {
    ArchOptions arch;
    arch.layers = {"8"};
    arch.members = members;
    return BuildModel(data, arch, 1, data.SplitRows("train"));
  };
  const Model source = of_members("4");
  Model model = of_members("2");
  try {
    TakeParameters(source, "a.h5", &model);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.message() ==
          "--from a.h5: it has 4 members, and this network 2");
    CHECK(error.hint() == "give --members 4");
  }
}

}  // namespace
}  // namespace mtlkit
