// Penalties of layers, and texts that are empty or too long.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "nn/plan.h"
#include "nn/plan_nets.h"

namespace mtlkit::test {
namespace {

using Vector = std::vector<double>;

PlanOptions Options(Route route) {
  PlanOptions options;
  options.capacity = 120;
  options.tokens = MostTestTokens(options.capacity);
  options.route = route;
  return options;
}

Pass TrainingPass(const Params* params) {
  Pass pass;
  pass.weights = &params->weights;
  pass.mode = Mode::kTraining;
  return pass;
}

// Gates of 0.75 and 0.25 in one row, equal ones in the other: the experts are
// used 1.25 and 0.75 times, a variance of 0.0625 around a mean of 1.
TEST_CASE("a penalty is divided among the tasks of its layer") {
  const std::vector<InputSpec> inputs = {{"x", InputKind::kDense, 2, {}, {}}};
  NetworkBuilder b(inputs, 2);
  const Value mixed =
      b.Add("mix", MakeMixture(4), {b.Input(0), b.Input(0), b.Input(0)});
  b.Output(0, mixed, 0, 1);
  b.Output(1, mixed, 1, 1);
  const Network network = std::move(b).Build();
  Plan plan(network, {.capacity = 2, .route = Route::kPlain});
  const Params params = network.Initialized(1);
  const std::vector<Real> x = {std::log(Real(3)), 0, 1, 1};
  Batch batch;
  batch.rows = 2;
  batch.inputs.resize(1);
  batch.inputs[0].dense = {x.data(), 2, 2};
  Pass pass;
  pass.weights = &params.weights;
  pass.mode = Mode::kTraining;
  plan.Forward(pass, batch);
  CHECK(plan.Penalty(0) == doctest::Approx(4 * 0.0625 / 2).epsilon(1e-5));
  CHECK(plan.Penalty(1) == plan.Penalty(0));
  pass.mode = Mode::kInference;
  plan.Forward(pass, batch);
  CHECK(plan.Penalty(0) == 0);
}

TEST_CASE("texts without a token take part as zeros") {
  for (const NamedNetwork& net : Networks()) {
    if (net.name != "texts") continue;
    for (const Route route :
         {Route::kPlain, Route::kGramian, Route::kGradients}) {
      const Params params = net.network.Initialized(1);
      Plan plan(net.network, Options(route));
      const Pass pass = TrainingPass(&params);
      const TestBatch empty(3, [](Index) { return Index{0}; });
      plan.Forward(pass, empty.batch());
      // What a head says of zeros is its bias, which begins as 0.
      for (Index task = 0; task < 3; ++task) {
        const ConstMatView output = plan.Output(task);
        CHECK(output.rows == 3);
        CHECK(std::ranges::count(output.flat(), Real(0)) == output.size());
        SetOutputGradient(&plan, task, 1);
      }
      plan.Backward(pass);
      if (route == Route::kGramian) plan.Combine(pass, Vector{1, 1, 1});
      const Vector gradient(plan.gradient().begin(), plan.gradient().end());
      const auto words = net.network.weights()->slice(
          net.network.weights()->Find("words/table.0"));
      CHECK(std::all_of(gradient.begin() + words.offset,
                        gradient.begin() + words.offset + words.size(),
                        [](double value) { return value == 0; }));
      const auto bias = net.network.weights()->slice(
          net.network.weights()->Find("head.0/bias"));
      CHECK(gradient[At(bias.offset)] != 0);
    }
  }
}

TEST_CASE("a batch of more tokens than there is room for is refused") {
  for (const NamedNetwork& net : Networks()) {
    if (net.name != "texts") continue;
    PlanOptions options = Options(Route::kForward);
    options.tokens = MostTestTokens(1);
    const Params params = net.network.Initialized(1);
    Plan plan(net.network, options);
    const TestBatch batch(101);
    CHECK_THROWS_WITH_AS(plan.Forward(TrainingPass(&params), batch.batch()),
                         "a batch of 201 tokens; there is room for 4", Error);
  }
}

}  // namespace
}  // namespace mtlkit::test
