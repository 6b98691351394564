#include "nn/graph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "nn/arch.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

Schema SampleSchema() {
  return SampleDataset().schema();
}

Network SampleNetwork(const std::string& arch = "shared") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"6", "5"};
  options.norm = "batch";
  options.dropout = 0.25;
  return BuildNetwork(SampleSchema(), options);
}

TEST_CASE("a network of every architecture is made again from its graph") {
  const Schema schema = SampleSchema();
  for (const std::string arch :
       {"shared", "single", "cross-stitch", "mmoe", "omoe", "cgc", "ple",
        "dselect-k:gate=task,entropy=0.1", "mtan", "film", "adapters"}) {
    CAPTURE(arch);
    const Network network = SampleNetwork(arch);
    const Json graph = GraphOf(network, schema);
    const Network again = NetworkOf(Json::parse(graph.dump()), schema);
    CHECK(GraphOf(again, schema) == graph);
    const auto a = network.weights()->slices();
    const auto b = again.weights()->slices();
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].name == b[i].name);
      CHECK(a[i].offset == b[i].offset);
      CHECK(a[i].shared == b[i].shared);
    }
    const Params fresh = network.Initialized(3);
    const Params same = again.Initialized(3);
    CHECK(std::ranges::equal(fresh.weights.all(), same.weights.all()));
    CHECK(std::ranges::equal(fresh.buffers.all(), same.buffers.all()));
    CHECK(again.trunk() == network.trunk());
  }
}

// What is said of the sample's graph after a change.
std::string RefusalOfChanged(const std::function<void(Json&)>& change) {
  const Schema schema = SampleSchema();
  Json graph = GraphOf(SampleNetwork(), schema);
  change(graph);
  try {
    NetworkOf(graph, schema);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message();
  }
  return "no error";
}

// The first layer of a kind.
Json& LayerOf(Json& graph, const std::string& kind) {
  for (Json& layer : graph["layers"]) {
    if (layer["kind"] == kind) return layer;
  }
  FAIL("no such layer");
  return graph;
}

void CheckRefused(const std::function<void(Json&)>& change,
                  const std::string& part) {
  const std::string message = RefusalOfChanged(change);
  CHECK_MESSAGE(message.find(part) != std::string::npos, message);
}

TEST_CASE("a graph that is none is refused by what is wrong") {
  CHECK(RefusalOfChanged([](Json&) {}) == "no error");
  CheckRefused([](Json& g) { g = Json::array(); }, "it is not an object");
  CheckRefused([](Json& g) { g.erase("outputs"); }, "no list 'outputs'");
  CheckRefused([](Json& g) { g["more"] = 1; }, "unknown key 'more'");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["kind"] = "dens"; },
               "did you mean 'dense'?");
  CheckRefused([](Json& g) { LayerOf(g, "dense").erase("inputs"); },
               "no 'inputs'");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["inputs"] = {1}; },
               "'inputs' has the wrong type");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["extra"] = 1; },
               "unknown key 'extra'");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["name"] = ""; },
               "impossible name");
  CheckRefused([](Json& g) { g["layers"].push_back(g["layers"][0]); },
               "is there twice");
}

TEST_CASE("a layer reads only what is before it, and as much as it can") {
  CheckRefused(
      [](Json& g) {
        Json& layer = LayerOf(g, "dense");
        layer["inputs"] = Json::array({layer["name"]});
      },
      "which is not before it");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["inputs"] = Json::array(); },
               "has 0 inputs");
  CheckRefused(
      [](Json& g) {
        LayerOf(g, "dropout")["inputs"] = {"input:features", "input:features"};
      },
      "has 2 inputs");
  CheckRefused(
      [](Json& g) { LayerOf(g, "dropout")["inputs"] = {"input:words"}; },
      "cannot read sparse");
  CheckRefused(
      [](Json& g) {
        LayerOf(g, "dense")["inputs"] = {"input:features.categorical"};
      },
      "cannot read the categories of input 'features.categorical'");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["inputs"] = {"input:none"}; },
               "which is not before it");
  CheckRefused([](Json& g) { LayerOf(g, "dense")["params_of"] = "nobody"; },
               "has no parameter of this shape");
}

TEST_CASE("sizes that no network has are refused before memory is taken") {
  const auto units = [](const Json& value) {
    return
        [value](Json& g) { LayerOf(g, "dense")["options"]["units"] = value; };
  };
  CheckRefused(units(0), "units");
  CheckRefused(units(-1), "units");
  CheckRefused(units(Index{1} << 40), "units");
  CheckRefused(units("many"), "units");
  CheckRefused(
      [](Json& g) { LayerOf(g, "embedding")["options"]["codes"] = {3}; },
      "not for the categories of 'features.categorical'");
  CheckRefused(
      [](Json& g) {
        Json more = LayerOf(g, "embedding");
        more["name"] = "again";
        more["inputs"] = {"trunk.0"};
        g["layers"].push_back(more);
      },
      "not for the categories of 'a layer'");
  CheckRefused(
      [](Json& g) {
        LayerOf(g, "embedding")["options"]["widths"] = {1, 2};
      },
      "2 widths for 1 tables");
  CheckRefused([](Json& g) { LayerOf(g, "dropout")["options"]["rate"] = 1.0; },
               "rate");
  CheckRefused([](Json& g) { LayerOf(g, "dropout")["options"]["rat"] = 0.5; },
               "there is no setting 'rat'");
}

TEST_CASE("outputs are those of the tasks") {
  CheckRefused([](Json& g) { g["outputs"].erase(0); }, "3 outputs for 4 tasks");
  CheckRefused([](Json& g) { g["outputs"][0]["layer"] = "input:features"; },
               "which is no layer");
  CheckRefused([](Json& g) { g["outputs"][0]["first"] = 7; },
               "the output of task 'score' is 1 columns from 7 of 7");
  CheckRefused([](Json& g) { g["outputs"][2]["columns"] = 2; }, "3 are needed");
  CheckRefused([](Json& g) { g["outputs"][0]["first"] = -1; }, "from -1");
  CheckRefused(
      [](Json& g) {
        Json more = LayerOf(g, "dense");
        more["name"] = "idle";
        g["layers"].push_back(more);
      },
      "layer 'idle' leads to no output");
}

}  // namespace
}  // namespace mtlkit
