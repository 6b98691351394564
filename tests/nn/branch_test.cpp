// A layer that learns which of its inputs to take.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "nn/layers/layers.h"
#include "nn/network.h"
#include "nn/plan.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 40;

std::vector<InputSpec> TwoInputs() {
  std::vector<InputSpec> inputs(2);
  for (InputSpec& input : inputs) input.cols = 1;
  inputs[0].name = "first";
  inputs[1].name = "second";
  return inputs;
}

// y = 3 times the input that is taken.
Network Taken(const BranchOptions& options) {
  NetworkBuilder b(TwoInputs(), 1);
  const Value taken =
      b.Add("branch", MakeBranch(options), {b.Input(0), b.Input(1)});
  b.Output(0, b.Add("scale", MakeScale(3), {taken}));
  return std::move(b).Build();
}

struct Scene {
  explicit Scene(const BranchOptions& options, double progress = 1)
      : network(Taken(options)),
        params(network.Initialized(1)),
        plan(network, {.capacity = kRows, .route = Route::kPlain}) {
    pass.weights = &params.weights;
    pass.mode = Mode::kTraining;
    pass.progress = progress;
    const Rng random(3, RandomPurpose::kTest);
    for (Index row = 0; row < kRows; ++row) {
      first.push_back(static_cast<Real>(random.Normal(row, 0)));
      second.push_back(static_cast<Real>(random.Normal(row, 1)));
    }
    batch.rows = kRows;
    batch.inputs.resize(2);
    batch.inputs[0].dense = {first.data(), kRows, 1};
    batch.inputs[1].dense = {second.data(), kRows, 1};
  }
  // The number of the input that step `step` takes; -1: none alone.
  Index Step(std::uint64_t step) {
    pass.dropout = Rng(7, RandomPurpose::kDropout, step);
    plan.Forward(pass, batch);
    const ConstMatView y = plan.Output(0);
    const auto is = [&](const std::vector<Real>& x) {
      return std::ranges::equal(
          y.flat(), x, [](Real said, Real of) { return said == 3 * of; });
    };
    return is(first) ? 0 : is(second) ? 1 : -1;
  }
  // Gradients of the squared difference from `target`.
  std::vector<double> Slopes(const std::vector<Real>& target) {
    const MatView dy = plan.OutputGradient(0);
    for (Index row = 0; row < kRows; ++row) {
      dy(row, 0) = (plan.Output(0)(row, 0) - target[At(row)]) / kRows;
    }
    plan.Backward(pass);
    return {plan.gradient().begin(), plan.gradient().begin() + 2};
  }

  Network network;
  Params params;
  Plan plan;
  Pass pass;
  std::vector<Real> first;
  std::vector<Real> second;
  Batch batch;
};

TEST_CASE("a step takes one input, the same whenever it is asked") {
  Scene scene({});
  std::set<Index> seen;
  Index firsts = 0;
  for (std::uint64_t step = 0; step < 200; ++step) {
    const Index taken = scene.Step(step);
    CHECK(taken >= 0);
    CHECK(scene.Step(step) == taken);
    seen.insert(taken);
    firsts += taken == 0 ? 1 : 0;
  }
  CHECK(seen.size() == 2);
  CHECK(std::abs(firsts - 100) < 35);  // of equal logits
}

TEST_CASE("draws follow the logits, and predictions take the largest") {
  Scene scene({});
  scene.params.weights.At(0).data[1] = Real(std::log(9.0));
  Index seconds = 0;
  for (std::uint64_t step = 0; step < 400; ++step) {
    seconds += scene.Step(step) == 1 ? 1 : 0;
  }
  CHECK(std::abs(seconds - 360) < 30);
  scene.pass.mode = Mode::kInference;
  CHECK(scene.Step(0) == 1);
  scene.params.weights.At(0).data[0] = Real(3);
  CHECK(scene.Step(0) == 0);
}

TEST_CASE("a mix is between its inputs, and closer to one when it is cold") {
  Scene warm({.draw = "mix", .start = 50, .end = 50, .warm_up = 0});
  CHECK(warm.Step(1) == -1);
  const Real share = (warm.plan.Output(0)(0, 0) / 3 - warm.second[0]) /
                     (warm.first[0] - warm.second[0]);
  CHECK(std::abs(static_cast<double>(share) - 0.5) < 0.1);
}

TEST_CASE("logits learn to take the input that fits, after the warm-up") {
  for (const std::string draw : {"one", "mix"}) {
    INFO("draw ", draw);
    Scene scene({.draw = draw, .start = 2, .end = 2, .warm_up = 0.2});
    std::vector<Real> target;
    for (const Real x : scene.second) target.push_back(3 * x);
    scene.pass.progress = 0.1;
    scene.Step(0);
    CHECK(scene.Slopes(target) == std::vector<double>{0, 0});
    scene.pass.progress = 0.5;
    for (std::uint64_t step = 0; step < 100; ++step) {
      scene.Step(step);
      const std::vector<double> slopes = scene.Slopes(target);
      CHECK(slopes[0] == doctest::Approx(-slopes[1]));
      for (std::size_t e = 0; e < 2; ++e) {
        scene.params.weights.At(0).data[e] -=
            static_cast<Real>(0.5 * slopes[e]);
      }
    }
    scene.pass.mode = Mode::kInference;
    CHECK(scene.Step(0) == 1);
  }
}

}  // namespace
}  // namespace mtlkit
