// Ensembles inside a network: what they are made of, and what they refuse.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/arch.h"
#include "nn/layers/layers.h"
#include "nn/plan.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

Schema SchemaOfMembers(const std::vector<std::string>& inputs) {
  const Dataset data = SampleDataset(12);
  Schema schema;
  schema.tasks = data.tasks;
  for (const InputBlock& block : data.inputs) {
    if (std::ranges::find(inputs, block.name) == inputs.end()) continue;
    schema.inputs.push_back(block);
  }
  return schema;
}

Network EnsembleOf(const std::string& members, const std::string& arch,
                   const std::vector<std::string>& layers,
                   const std::vector<std::string>& inputs = {"features"}) {
  ArchOptions options;
  options.arch = arch;
  options.members = members;
  options.layers = layers;
  return BuildNetwork(SchemaOfMembers(inputs), options);
}

std::string RefusalOfMembers(const std::string& members,
                             const std::vector<std::string>& layers,
                             const std::vector<std::string>& inputs = {
                                 "features"}) {
  try {
    EnsembleOf(members, "shared", layers, inputs);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "taken";
}

std::string ShapesOf(const Network& network) {
  std::string text;
  for (const Slice& slice : network.weights()->slices()) {
    text += Str(slice.name, " ", slice.spec.rows, "x", slice.spec.cols, "\n");
  }
  return text;
}

TEST_CASE("mini members have inputs and outputs of their own") {
  CHECK(ShapesOf(EnsembleOf("3", "shared", {"5", "2"})) ==
        "members/scale 3x4\ntrunk.0/kernel 4x5\ntrunk.0/bias 1x5\n"
        "trunk.1/kernel 5x2\ntrunk.1/bias 1x2\n"
        "heads.trunk/kernel 6x7\nheads.trunk/bias 3x7\n");
}

TEST_CASE("full members scale both sides of each kernel") {
  CHECK(ShapesOf(EnsembleOf("3:form=full", "shared", {"5", "2"})) ==
        "members/scale 3x4\ntrunk.0/kernel 4x5\n"
        "trunk.0.out/scale 3x5\ntrunk.0.out/bias 3x5\n"
        "trunk.1.in/scale 3x5\ntrunk.1/kernel 5x2\n"
        "trunk.1.out/scale 3x2\ntrunk.1.out/bias 3x2\n"
        "heads.trunk/kernel 6x7\nheads.trunk/bias 3x7\n");
}

TEST_CASE("blocks of a resnet have scales for each of their kernels") {
  ArchOptions options;
  options.members = "2:form=full";
  options.layers = {"4", "3"};
  options.residual = "resnet";
  const Network network = BuildNetwork(SchemaOfMembers({"features"}), options);
  CHECK(ShapesOf(network).find(
            "trunk.1.back.in/scale 2x3\ntrunk.1.back/kernel 3x4\n"
            "trunk.1.back.out/scale 2x4\ntrunk.1.back.out/bias 2x4\n") !=
        std::string::npos);
}

TEST_CASE("sparse inputs are scaled behind their product") {
  CHECK(ShapesOf(EnsembleOf("2", "single", {"3"}, {"words"}))
            .find("trunk.score.0/kernel 6x3\ntrunk.score.0.members/scale 2x3\n"
                  "trunk.score.0.members/bias 2x3\n") != std::string::npos);
  const std::string both =
      ShapesOf(EnsembleOf("2", "shared", {"3"}, {"features", "words"}));
  CHECK(both.find("members/scale 2x4\ntrunk.0/kernel 4x3\ntrunk.0/bias 1x3\n"
                  "trunk.0.sparse0/kernel 6x3\ntrunk.0.members/scale 2x3\n"
                  "heads") != std::string::npos);
}

TEST_CASE("one member is the network itself") {
  CHECK(ShapesOf(EnsembleOf("1", "shared", {"2"})) ==
        "trunk.0/kernel 4x2\ntrunk.0/bias 1x2\n"
        "heads.trunk/kernel 2x7\nheads.trunk/bias 1x7\n");
  CHECK(EnsembleOf("1", "shared", {"5"}).members(0) == 1);
  CHECK(EnsembleOf("7", "shared", {"5"}).members(3) == 7);
}

TEST_CASE("members begin apart at the inputs, and alike behind them") {
  const Network network = EnsembleOf("64:form=full", "shared", {"5", "2"});
  const Params params = network.Initialized(3);
  const auto numbers = [&](const char* name) {
    return params.weights.At(network.weights()->Find(name)).flat();
  };
  Index plus = 0;
  for (const Real sign : numbers("members/scale")) {
    CHECK((sign == 1 || sign == -1));
    plus += sign > 0 ? 1 : 0;
  }
  CHECK(plus > 100);
  CHECK(plus < 156);  // of 256
  for (const Real one : numbers("trunk.1.in/scale")) CHECK(one == 1);
  for (const Real one : numbers("trunk.0.out/scale")) CHECK(one == 1);
  for (const Real zero : numbers("trunk.0.out/bias")) CHECK(zero == 0);
  const auto heads = numbers("heads.trunk/kernel");
  CHECK(heads[0] != heads[2 * 7]);
}

TEST_CASE("numbers of members that are none are refused") {
  CHECK(RefusalOfMembers("0", {"4"}) ==
        "--members: '0' is not a number between 1 and 1024");
  CHECK(RefusalOfMembers("many", {"4"}) ==
        "--members: 'many' is not a number between 1 and 1024");
  CHECK(RefusalOfMembers("8:form=half", {"4"}).find("--members") == 0);
  CHECK(RefusalOfMembers("1:form=full", {"4"}) ==
        "--members: form=full has no effect on one network");
  CHECK(RefusalOfMembers("8:kind=full", {"4"}).find("--members") == 0);
  CHECK(RefusalOfMembers("2", {"none"}) ==
        "--members: the network has no hidden layer, and linear members are "
        "as good as one");
}

// Rows of the batch, and what a network says of them.
struct Said {
  explicit Said(const Network& network, const Params& params, Mode mode)
      : plan(network, {.capacity = 5}) {
    for (Index i = 0; i < 20; ++i) {
      x.push_back(static_cast<Real>(Rng(1, RandomPurpose::kTest).Normal(i, 0)));
    }
    Batch batch;
    batch.rows = 5;
    batch.inputs.resize(1);
    batch.inputs[0].dense = {x.data(), 5, 4};
    Pass pass;
    pass.weights = &params.weights;
    pass.mode = mode;
    plan.Forward(pass, batch);
  }
  std::vector<Real> x;
  Plan plan;
};

// Copies slices of a plain network to all members, whose factors become 1.
Params EqualMembers(const Network& plain, const Params& from,
                    const Network& ensemble) {
  Params params = ensemble.Initialized(8);
  const Layout& layout = *ensemble.weights();
  for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
    const std::string& name = layout.slice(i).name;
    const MatView to = params.weights.At(i);
    if (name.ends_with("/scale")) {
      std::ranges::fill(to.flat(), Real(1));
      continue;
    }
    std::string theirs = name;
    if (const auto out = name.find(".out/bias"); out != std::string::npos) {
      theirs = name.substr(0, out) + "/bias";
    }
    const auto source = from.weights.At(plain.weights()->Find(theirs)).flat();
    for (Index at = 0; at < to.size(); ++at) {
      to.data[at] = source[At(at % std::ssize(source))];
    }
  }
  return params;
}

TEST_CASE("members with equal parameters say what the plain network says") {
  const Network plain = EnsembleOf("1", "shared", {"5", "3"});
  Params params = plain.Initialized(4);
  for (Real& value : params.weights.all()) {
    if (value == 0) value = Real(0.1);  // biases
  }
  for (const char* members : {"3", "3:form=full"}) {
    const Network ensemble = EnsembleOf(members, "shared", {"5", "3"});
    const Params equal = EqualMembers(plain, params, ensemble);
    Said one(plain, params, Mode::kInference);
    Said all(ensemble, equal, Mode::kInference);
    for (Index task = 0; task < 4; ++task) {
      const ConstMatView expected = one.plan.Output(task);
      const ConstMatView said = all.plan.Output(task);
      REQUIRE(said.rows == 3 * expected.rows);
      for (Index row = 0; row < said.rows; ++row) {
        for (Index col = 0; col < said.cols; ++col) {
          CHECK(said(row, col) ==
                doctest::Approx(static_cast<double>(expected(row / 3, col)))
                    .epsilon(1e-5));
        }
      }
    }
  }
}

TEST_CASE("dropout leaves each member something else") {
  ArchOptions options;
  options.members = "3";
  options.layers = {"40"};
  options.dropout = 0.5;
  const Network network = BuildNetwork(SchemaOfMembers({"features"}), options);
  ArchOptions without = options;
  without.members = "1";
  const Network plain = BuildNetwork(SchemaOfMembers({"features"}), without);
  const Params params = EqualMembers(plain, plain.Initialized(4), network);
  Said said(network, params, Mode::kTraining);
  const ConstMatView outputs = said.plan.Output(0);
  CHECK(outputs(0, 0) != outputs(1, 0));
  CHECK(outputs(1, 0) != outputs(2, 0));
  Said calm(network, params, Mode::kInference);
  CHECK(calm.plan.Output(0)(0, 0) == calm.plan.Output(0)(1, 0));
}

}  // namespace
}  // namespace mtlkit
