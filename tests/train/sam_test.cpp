// An optimiser that takes gradients in two places, in training.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/batch.h"
#include "train/sample.h"
#include "train/step.h"

namespace mtlkit {
namespace {

// A network that takes steps on the same rows.
struct Climber {
  Climber(const std::string& optimizer_text, const std::string& weighting_text)
      : data(SampleData(64)),
        losses(MakeLosses(data.tasks, {})),
        optimizer(MakeOptimizer(ParseChoice(optimizer_text, "--optimizer"))),
        weighting(MakeWeighting(ParseChoice(weighting_text, "--weighting"),
                                data.tasks)) {
    ArchOptions arch;
    arch.layers = {"16"};
    arch.norm = "batch";
    arch.dropout = 0.2;
    model = BuildModel(data, arch, 1, data.SplitRows("train"));
    LearnerSetup setup;
    setup.network = model.network.get();
    setup.tasks = data.tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = weighting.get();
    setup.task_weight = {1, 2, 0.5};
    setup.capacity = 64;
    learner = std::make_unique<Learner>(setup);
    learner->Start(model.params, &state);
    batcher = std::make_unique<Batcher>(data, 64);
  }

  Index Step(Index step, double rate) {
    std::vector<Index> rows;
    for (Index row = 0; row < 48; ++row) rows.push_back(row);
    const Batch& batch = batcher->Load(rows);
    learner->Forward(batch, step, &state);
    return learner->Learn(batch, step, rate, &state);
  }
  std::vector<Real> Weights() const {
    const auto all = state.params.weights.all();
    return {all.begin(), all.end()};
  }
  void SetWeights(const std::vector<Real>& weights) {
    std::ranges::copy(weights, state.params.weights.all().begin());
  }

  Dataset data;
  Model model;
  std::vector<std::unique_ptr<Loss>> losses;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Weighting> weighting;
  OptimizerOptions options;
  std::unique_ptr<Learner> learner;
  std::unique_ptr<Batcher> batcher;
  LearnerState state;
};

// Less the gradient, as one plain step of rate 1 takes it.
std::vector<Real> StepFrom(const std::vector<Real>& weights) {
  Climber plain("sgd:momentum=0", "equal");
  plain.SetWeights(weights);
  REQUIRE(plain.Step(0, 1) == -1);
  std::vector<Real> step = plain.Weights();
  for (std::size_t i = 0; i < step.size(); ++i) step[i] -= weights[i];
  return step;
}

TEST_CASE("sam steps by the gradient uphill, from where it was") {
  Climber climber("sam:rho=0.5,base=sgd:momentum=0", "equal");
  const std::vector<Real> start = climber.Weights();
  const std::vector<Real> down = StepFrom(start);
  double square = 0;
  for (const Real g : down) square += static_cast<double>(g * g);
  std::vector<Real> uphill = start;
  for (std::size_t i = 0; i < uphill.size(); ++i) {
    uphill[i] -= static_cast<Real>(0.5 / std::sqrt(square)) * down[i];
  }
  const std::vector<Real> step = StepFrom(uphill);
  REQUIRE(climber.Step(0, 1) == -1);
  const std::vector<Real> after = climber.Weights();
  double turned = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    REQUIRE(std::abs(after[i] - start[i] - step[i]) < 1e-4);
    turned = std::max(turned, std::abs(static_cast<double>(step[i] - down[i])));
  }
  CHECK(turned > 1e-3);
}

TEST_CASE("what is not the step is of where the step begins, and moves once") {
  for (const char* weighting :
       {"equal", "db-mtl", "excess-mtl", "famo", "gradvac", "modo", "dwa"}) {
    CAPTURE(weighting);
    Climber climber("sam", weighting);
    Climber plain("adam", weighting);
    REQUIRE(climber.Step(0, 1e-3) == -1);
    REQUIRE(plain.Step(0, 1e-3) == -1);
    CHECK(
        std::ranges::equal(climber.learner->losses(), plain.learner->losses()));
    CHECK(std::ranges::equal(climber.state.params.buffers.all(),
                             plain.state.params.buffers.all()));
    CHECK(climber.state.task_steps == plain.state.task_steps);
    CHECK(climber.state.loss_sum == plain.state.loss_sum);
    CHECK(climber.Weights() != plain.Weights());
  }
  // Each task has been seen once, and its mean gradient is a tenth of one.
  Climber climber("sam:rho=1e-9,base=adam", "db-mtl:beta=0.9");
  Climber plain("adam", "db-mtl:beta=0.9");
  climber.Step(0, 1e-3);
  plain.Step(0, 1e-3);
  CHECK(climber.state.weighting == std::vector<double>{1, 1, 1});
  for (std::size_t i = 0; i < plain.state.weighting_slots.size(); ++i) {
    for (std::size_t c = 0; c < plain.state.weighting_slots[i].size(); ++c) {
      REQUIRE(std::abs(climber.state.weighting_slots[i][c] -
                       plain.state.weighting_slots[i][c]) < 1e-4);
    }
  }
}

TEST_CASE("what the log says of a step is of where it begins") {
  const Dataset data = SampleData(64);
  const auto first = [&](const std::string& optimizer, const std::string& arch,
                         const std::string& column) {
    ArchOptions options;
    options.arch = arch;
    options.layers = {"8"};
    Model model = BuildModel(data, options, 1, data.SplitRows("train"));
    TrainOptions train = SampleOptions();
    train.optimizer.optimizer = optimizer;
    train.epochs = 1;
    train.batch = 64;
    const History log = Train(InputsOf(data, train), train, 1, {}, &model);
    REQUIRE(log.Find(column) != nullptr);
    return log.Find(column)->front();
  };
  for (const auto& [arch, column] :
       {std::pair("soft-sharing", "penalty"),
        std::pair("mmoe:experts=3", "share.mixture.sign.0")}) {
    CAPTURE(arch);
    const double here = first("adam", arch, column);
    CHECK(here > 0);
    CHECK(first("sam:rho=5", arch, column) == here);
  }
}

TEST_CASE("a loss that is lost uphill leaves the weights as they were") {
  // The square of which is infinite.
  Climber climber(
      sizeof(Real) == sizeof(double) ? "sam:rho=1e300" : "sam:rho=1e30",
      "equal");
  const std::vector<Real> start = climber.Weights();
  CHECK(climber.Step(0, 1e-3) >= 0);
  CHECK(climber.Weights() == start);
}

TEST_CASE("sam refuses gradients that are given for other weights") {
  Climber climber("sam", "equal");
  CHECK_THROWS_WITH_AS(climber.learner->AddLesson(0, std::nullopt),
                       doctest::Contains("--optimizer sam"), Error);
  CHECK_NOTHROW(climber.learner->AddLesson(0));
}

TEST_CASE("sam has as many slots as its base, and one block more") {
  const auto sam = MakeOptimizer({"sam", {{"base", "lamb"}}});
  const auto lamb = MakeOptimizer({"lamb", {}});
  CHECK(sam->slots() == lamb->slots());
  CHECK(sam->scales_parameters());
  CHECK(BlocksHeldBy(*sam) == BlocksHeldBy(*lamb) + 1);
}

}  // namespace
}  // namespace mtlkit
