// Penalties on parameters: values by hand, gradients by finite differences.
#include "nn/param_penalty.h"

#include <doctest/doctest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "nn/graph.h"
#include "nn/layers/layers.h"
#include "nn/network.h"

namespace mtlkit {
namespace {

using Shapes = std::vector<std::pair<Index, Index>>;

// Parameters of these shapes; number i is of task i.
std::shared_ptr<const Layout> LayoutOf(const Shapes& shapes) {
  std::vector<Slice> slices;
  for (const auto& [rows, cols] : shapes) {
    Slice slice;
    slice.name = Str("p", slices.size());
    slice.spec.rows = rows;
    slice.spec.cols = cols;
    slice.tasks = {std::ssize(slices)};
    slices.push_back(std::move(slice));
  }
  return std::make_shared<const Layout>(std::move(slices));
}

struct Penalized {
  Penalized(PenaltyKind kind, double strength, const Shapes& shapes)
      : weights(LayoutOf(shapes)),
        gradient(weights.all().size()),
        present(shapes.size(), 1) {
    penalty = {kind, strength, {}};
    for (Index i = 0; i < std::ssize(shapes); ++i) {
      penalty.groups.push_back({i});
    }
  }
  double Value(const std::vector<bool>& frozen = {}) {
    CheckPenalty(penalty, weights.layout());
    ParamPenalties all({&penalty, 1}, weights.layout(), frozen);
    std::ranges::fill(gradient, Real(0));
    return all.AddGradients(weights, present, gradient);
  }
  std::vector<Real> GradientOf(Index slice) {
    const Slice& place = weights.layout().slice(slice);
    const auto begin = gradient.begin() + place.offset;
    return {begin, begin + place.size()};
  }
  void Set(Index slice, std::vector<Real> values) {
    std::ranges::copy(values, weights.At(slice).data);
  }

  Block weights;
  std::vector<Real> gradient;
  std::vector<std::uint8_t> present;
  ParamPenalty penalty;
};

TEST_CASE("distances are those to the mean, or to each other") {
  // The mean of (1, 3) and (3, 7) is (2, 5), at a squared distance of 5 each.
  Penalized mean(PenaltyKind::kMean, 0.5, {{1, 2}, {1, 2}});
  mean.Set(0, {1, 3});
  mean.Set(1, {3, 7});
  CHECK(mean.Value() == doctest::Approx(5));
  CHECK(mean.GradientOf(0) == std::vector<Real>{-1, -2});
  CHECK(mean.GradientOf(1) == std::vector<Real>{1, 2});
  Penalized pairs(PenaltyKind::kPairs, 0.5, {{1, 2}, {1, 2}});
  pairs.Set(0, {1, 3});
  pairs.Set(1, {3, 7});
  CHECK(pairs.Value() == doctest::Approx(10));
  CHECK(pairs.GradientOf(0) == std::vector<Real>{-2, -4});
}

TEST_CASE("orthogonal columns have no penalty, others their products") {
  Penalized two(PenaltyKind::kOrthogonal, 2, {{2, 1}, {2, 2}});
  two.Set(0, {1, 2});
  two.Set(1, {2, 3,  //
              -1, 1});
  // (1, 2) times both columns: 0 and 5.
  CHECK(two.Value() == doctest::Approx(50));
  CHECK(two.GradientOf(0) == std::vector<Real>{60, 20});
  CHECK(two.GradientOf(1) == std::vector<Real>{0, 20, 0, 40});
}

TEST_CASE("gradients of penalties are those of finite differences") {
  const Rng random(5, RandomPurpose::kTest);
  for (const PenaltyKind kind :
       {PenaltyKind::kMean, PenaltyKind::kPairs, PenaltyKind::kOrthogonal}) {
    INFO(PenaltyKindName(kind));
    Penalized three(kind, 0.3, {{4, 2}, {4, 2}, {4, 2}});
    Index number = 0;
    for (Index slice = 0; slice < 3; ++slice) {
      for (Real& w : three.weights.At(slice).flat()) {
        w = static_cast<Real>(random.Normal(0, number++));
      }
    }
    three.Value();
    for (Index slice = 0; slice < 3; ++slice) {
      const std::vector<Real> gradient = three.GradientOf(slice);
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        Real& w = three.weights.At(slice).data[i];
        const Real here = w;
        const Real step = sizeof(Real) == 8 ? Real(1e-5) : Real(0.03);
        w = here + step;
        const double up = three.Value();
        w = here - step;
        const double down = three.Value();
        w = here;
        CHECK((up - down) / (2 * static_cast<double>(step)) ==
              doctest::Approx(static_cast<double>(gradient[i])).epsilon(2e-2));
      }
    }
  }
}

TEST_CASE("what does not move gets no gradient of a penalty") {
  for (const PenaltyKind kind :
       {PenaltyKind::kMean, PenaltyKind::kOrthogonal}) {
    Penalized two(kind, 1, {{2, 1}, {2, 1}});
    two.Set(0, {1, 2});
    two.Set(1, {3, 5});
    two.present = {1, 0};
    CHECK(two.Value() > 0);
    CHECK(two.GradientOf(0) != std::vector<Real>{0, 0});
    CHECK(two.GradientOf(1) == std::vector<Real>{0, 0});
    two.present = {1, 1};
    two.Value({true, false});
    CHECK(two.GradientOf(0) == std::vector<Real>{0, 0});
    CHECK(two.GradientOf(1) != std::vector<Real>{0, 0});
  }
}

Schema TwoTasks() {
  Schema schema;
  schema.inputs.resize(1);
  schema.inputs[0].name = "x";
  schema.inputs[0].cols = 3;
  schema.tasks.resize(2);
  schema.tasks[0].name = "a";
  schema.tasks[1].name = "b";
  return schema;
}

Json GraphWithPenalty() {
  const Schema schema = TwoTasks();
  NetworkBuilder b(schema.inputs, 2);
  for (Index task = 0; task < 2; ++task) {
    b.Output(task, b.Add(schema.tasks[At(task)].name, MakeDense({.units = 1}),
                         {b.Input(0)}));
  }
  b.Penalize(PenaltyKind::kPairs, 0.25, {{"a/kernel"}, {"b/kernel"}});
  return GraphOf(std::move(b).Build(), schema);
}

TEST_CASE("a graph keeps penalties, and refuses those that do not fit") {
  const Json graph = GraphWithPenalty();
  const Network network = NetworkOf(graph, TwoTasks());
  REQUIRE(network.penalties().size() == 1);
  CHECK(network.penalties()[0].kind == PenaltyKind::kPairs);
  CHECK(network.penalties()[0].strength == 0.25);
  CHECK(GraphOf(network, TwoTasks()) == graph);
  const auto refused = [&](const char* key, const Json& value) {
    Json damaged = graph;
    damaged["penalties"][0][key] = value;
    try {
      NetworkOf(damaged, TwoTasks());
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kBadInput;
    }
    return false;
  };
  CHECK(refused("kind", "odd"));
  CHECK(refused("strength", -1));
  CHECK(refused("strength", "much"));
  CHECK(refused("groups", Json::array({Json::array({"a/kernel"})})));
  CHECK(refused("groups", Json::array({Json::array({"a/kernel"}),
                                       Json::array({"b/bias"})})));
  CHECK(refused("groups", Json::array({Json::array({"a/kernel"}),
                                       Json::array({"c/kernel"})})));
}

}  // namespace
}  // namespace mtlkit
