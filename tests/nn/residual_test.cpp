// Hidden layers that are added to what they read.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/text.h"
#include "nn/arch.h"
#include "nn/layers/layers.h"
#include "nn/network.h"
#include "nn/plan.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

// One number of four inputs.
Network ResidualNetwork(const std::vector<std::string>& layers,
                        const std::string& residual, double drop_path = 0) {
  const Dataset data = SampleDataset(12);
  Schema schema;
  schema.tasks.assign(data.tasks.begin(), data.tasks.begin() + 1);
  InputSpec x;
  x.name = "x";
  x.cols = 4;
  schema.inputs = {x};
  ArchOptions options;
  options.layers = layers;
  options.residual = residual;
  options.drop_path = drop_path;
  options.activation = "tanh";
  options.norm = "layer";
  options.dropout = 0;
  return BuildNetwork(schema, options);
}

std::string NamesIn(const Network& network) {
  return Join(network.Names(), " ");
}

TEST_CASE("layers as wide as what they read are added to it") {
  CHECK(NamesIn(ResidualNetwork({"4", "6"}, "plain")) ==
        "trunk.0 trunk.0.norm trunk.0.activation trunk.0.residual trunk.1 "
        "trunk.1.norm trunk.1.activation head.score");
  CHECK(NamesIn(ResidualNetwork({"6", "6"}, "plain", 0.1)) ==
        "trunk.0 trunk.0.norm trunk.0.activation trunk.1 trunk.1.norm "
        "trunk.1.activation trunk.1.path trunk.1.residual head.score");
}

TEST_CASE("a resnet has a first layer, blocks of two and an end") {
  const Network network = ResidualNetwork({"5", "7"}, "resnet");
  CHECK(NamesIn(network) ==
        "trunk.0 trunk.1.norm trunk.1 trunk.1.activation trunk.1.back "
        "trunk.1.residual trunk.2.norm trunk.2.activation head.score");
  CHECK(network.info(network.Find("trunk.1.activation")).cols == 7);
  CHECK(network.info(network.Find("trunk.1.residual")).cols == 5);
}

TEST_CASE("branches are left out more often the deeper they are") {
  std::vector<double> rates;
  for (const std::string residual : {"plain", "resnet"}) {
    const std::vector<std::string> layers =
        residual == "plain" ? std::vector<std::string>{"4", "4"}
                            : std::vector<std::string>{"8", "4", "4"};
    const Network network = ResidualNetwork(layers, residual, 0.4);
    for (const Node& node : network.nodes()) {
      if (node.layer->kind() != "drop-path") continue;
      Json options;
      JsonWriter writer(&options, true);
      node.layer->Describe(writer);
      rates.push_back(options["rate"].get<double>());
    }
  }
  CHECK(rates == std::vector<double>{0.2, 0.4, 0.2, 0.4});
}

// What a network of one number of `values` puts out for rows of numbers.
struct ForwardedRows {
  ForwardedRows(const Network& network, std::vector<Real> given, Mode mode)
      : numbers(std::move(given)), params(network.Initialized(3)) {
    const Index rows = static_cast<Index>(numbers.size()) / 4;
    PlanOptions options;
    options.capacity = rows;
    Plan plan(network, options);
    Batch batch;
    batch.rows = rows;
    batch.inputs.resize(1);
    batch.inputs[0].dense = {numbers.data(), rows, 4};
    Pass pass;
    pass.weights = &params.weights;
    pass.buffers = &params.buffers;
    pass.mode = mode;
    pass.dropout = Rng(1, RandomPurpose::kDropout, 9);
    plan.Forward(pass, batch);
    const std::span<const Real> flat = plan.Output(0).flat();
    outputs.assign(flat.begin(), flat.end());
  }

  std::vector<Real> numbers;
  Params params;
  std::vector<Real> outputs;
};

TEST_CASE("what comes out of a layer is its input and its own") {
  const Network network = ResidualNetwork({"4"}, "plain");
  const ForwardedRows run(network, {1, -2, 3, 0.5}, Mode::kInference);
  const Layout& layout = *network.weights();
  const auto at = [&](const char* name, Index row, Index col) {
    return static_cast<double>(
        run.params.weights.At(layout.Find(name))(row, col));
  };
  std::vector<double> z(4);
  double mean = 0;
  for (Index col = 0; col < 4; ++col) {
    z[At(col)] = at("trunk.0/bias", 0, col);
    for (Index i = 0; i < 4; ++i) {
      z[At(col)] += static_cast<double>(run.numbers[At(i)]) *
                    at("trunk.0/kernel", i, col);
    }
    mean += z[At(col)] / 4;
  }
  double variance = 1e-5;
  for (const double one : z) variance += (one - mean) * (one - mean) / 4;
  double expected = at("head.score/bias", 0, 0);
  for (Index col = 0; col < 4; ++col) {
    const double own = std::tanh((z[At(col)] - mean) / std::sqrt(variance));
    expected += (static_cast<double>(run.numbers[At(col)]) + own) *
                at("head.score/kernel", col, 0);
  }
  CHECK(static_cast<double>(run.outputs[0]) ==
        doctest::Approx(expected).epsilon(1e-5));
}

TEST_CASE("a path is left out for whole rows, as often as it says") {
  InputSpec x;
  x.name = "x";
  x.cols = 4;
  NetworkBuilder builder({&x, 1}, 1);
  builder.Output(0, builder.Add("path", MakeDropPath(0.3), {builder.Input(0)}));
  const Network network = std::move(builder).Build();
  constexpr Index kRows = 4000;
  const std::vector<Real> ones(At(kRows * 4), Real{1});
  const ForwardedRows learned(network, ones, Mode::kTraining);
  Index kept = 0;
  for (Index row = 0; row < kRows; ++row) {
    const Real* y = learned.outputs.data() + row * 4;
    CHECK(std::all_of(y, y + 4, [y](Real value) { return value == y[0]; }));
    if (y[0] == 0) continue;
    ++kept;
    REQUIRE(static_cast<double>(y[0]) == doctest::Approx(1 / 0.7));
  }
  CHECK(std::abs(static_cast<double>(kept) - 0.7 * kRows) <
        4 * std::sqrt(kRows * 0.21));
  const ForwardedRows predicted(network, ones, Mode::kInference);
  CHECK(predicted.outputs == ones);
}

}  // namespace
}  // namespace mtlkit
