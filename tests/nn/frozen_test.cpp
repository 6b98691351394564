// Nothing goes down below the lowest parameters that learn.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "nn/plan.h"
#include "nn/plan_nets.h"

namespace mtlkit::test {
namespace {

constexpr Index kFrozenRows = 50;
using Numbers = std::vector<Real>;

std::vector<bool> Freeze(const Network& network, const std::string& group) {
  std::vector<bool> frozen;
  for (const Slice& slice : network.weights()->slices()) {
    frozen.push_back(slice.name.starts_with(group));
  }
  return frozen;
}

PlanOptions FrozenOptions(Route route, GradientsAt at,
                          std::vector<bool> frozen) {
  PlanOptions options;
  options.capacity = kFrozenRows;
  options.tokens = MostTestTokens(kFrozenRows);
  options.route = route;
  options.at = at;
  options.frozen = std::move(frozen);
  return options;
}

// The gradient of a step in which frozen layers work as in inference; tasks
// weigh the same.
Numbers GradientOf(const Network& network, const PlanOptions& options,
                   std::string* description = nullptr) {
  Params params = network.Initialized(1);
  const TestBatch data(kFrozenRows);
  Plan plan(network, options);
  Pass pass;
  pass.weights = &params.weights;
  pass.buffers = &params.buffers;
  pass.mode = Mode::kTraining;
  plan.Forward(pass, data.batch());
  for (Index task = 0; task < 3; ++task) SetOutputGradient(&plan, task, 1);
  plan.Backward(pass);
  if (options.route == Route::kGramian) {
    const std::vector<double> weights(
        At(3 * std::max<Index>(1, plan.part_count())), 1.0);
    plan.Combine(pass, weights);
  }
  if (options.route == Route::kGradients) {
    for (const GradientBlock& block : plan.Gradients()) {
      for (Index i = 0; i < block.gradients.cols; ++i) {
        Real sum = 0;
        for (Index k = 0; k < block.gradients.rows; ++k) {
          sum += block.gradients(k, i);
        }
        block.combined[At(i)] = sum;
      }
    }
    plan.Finish(pass);
  }
  if (description != nullptr) *description = plan.Describe();
  return {plan.gradient().begin(), plan.gradient().end()};
}

TEST_CASE("a frozen trunk costs no backward pass") {
  const Network network = HardSharing();
  std::string plan;
  GradientOf(network,
             FrozenOptions(Route::kPlain, GradientsAt::kParameters,
                           Freeze(network, "trunk")),
             &plan);
  CHECK(plan.find("backward: heads\n") != std::string::npos);
  GradientOf(network,
             FrozenOptions(Route::kPlain, GradientsAt::kParameters,
                           Freeze(network, "trunk.0")),
             &plan);
  CHECK(plan.find("backward: heads trunk.1\n") != std::string::npos);
  // What lies above has to be passed.
  GradientOf(network,
             FrozenOptions(Route::kPlain, GradientsAt::kParameters,
                           Freeze(network, "heads")),
             &plan);
  CHECK(plan.find("backward: heads trunk.1 trunk.0\n") != std::string::npos);
}

TEST_CASE("what learns has the same gradient whatever is frozen") {
  for (const NamedNetwork& net : Networks()) {
    for (const std::string group :
         {"trunk", "heads", "head.0", "expert", "net.1", "tokens.0", "words",
          "embedding"}) {
      const std::vector<bool> frozen = Freeze(net.network, group);
      if (std::ranges::find(frozen, true) == frozen.end() ||
          std::ranges::find(frozen, false) == frozen.end()) {
        continue;
      }
      // Frozen, batch norm is another function.
      if (net.name == "normalised" || net.name == "pixels") continue;
      const Numbers all = GradientOf(
          net.network,
          FrozenOptions(Route::kPlain, GradientsAt::kParameters, {}));
      for (const Route route :
           {Route::kPlain, Route::kGramian, Route::kGradients}) {
        for (const GradientsAt at :
             {GradientsAt::kParameters, GradientsAt::kRepresentation,
              GradientsAt::kLayers}) {
          if (at == GradientsAt::kRepresentation &&
              net.network.representation().empty()) {
            continue;
          }
          if (InParts(at) && route != Route::kGramian) continue;
          INFO(net.name, ", ", group, ", ", static_cast<int>(route), ", ",
               static_cast<int>(at));
          const Numbers some =
              GradientOf(net.network, FrozenOptions(route, at, frozen));
          bool same = true;
          for (std::size_t i = 0; i < frozen.size(); ++i) {
            const Slice& slice =
                net.network.weights()->slice(static_cast<Index>(i));
            for (Index j = 0; j < slice.size(); ++j) {
              const Real expected =
                  frozen[i] ? Real(0) : all[At(slice.offset + j)];
              const Real off = some[At(slice.offset + j)] - expected;
              same = same && off < Real(1e-3) && off > Real(-1e-3);
            }
          }
          CHECK(same);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit::test
