#include "train/weigher.h"

#include <doctest/doctest.h>

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

// Weights of 1, with whatever it was told.
class Probe : public Weighting {
 public:
  explicit Probe(const WeightingNeeds& needs) : needs_(needs) {}
  WeightingNeeds needs() const override { return needs_; }
  Index slots() const override { return needs_.gradients ? 1 : 0; }
  Index state_size() const override { return 1; }
  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    losses.assign(signals.losses.begin(), signals.losses.end());
    epochs.push_back(signals.epoch);
    const auto gram = signals.gramian.flat();
    gramian.assign(gram.begin(), gram.end());
    if (!gramian.empty()) all_gramians.push_back(gramian);
    std::fill(w.begin(), w.end(), 1.0);
    state[0] += 1;
  }
  void Observe(const WeightingSignals& signals, std::span<const double> told,
               std::span<double>) const override {
    before.assign(signals.losses.begin(), signals.losses.end());
    after.assign(told.begin(), told.end());
  }

  mutable std::vector<double> losses;
  mutable std::vector<Index> epochs;
  mutable std::vector<double> gramian;
  mutable std::vector<std::vector<double>> all_gramians;
  mutable std::vector<double> before;
  mutable std::vector<double> after;

 private:
  WeightingNeeds needs_;
};

// A few steps of a network with batch norm on the same rows.
struct Lab {
  explicit Lab(const Weighting& weighting,
               GradientsAt at = GradientsAt::kParameters)
      : data(SampleData(64)) {
    ArchOptions arch;
    arch.dropout = 0;
    arch.layers = {"16"};
    arch.norm = "batch";
    model = BuildModel(data, arch, 1, data.SplitRows("train"));
    losses = MakeLosses(data.tasks, {});
    LearnerSetup setup;
    setup.network = model.network.get();
    setup.tasks = data.tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = &weighting;
    setup.at = at;
    setup.task_weight = {1, 2, 0.5};
    setup.capacity = 64;
    learner = std::make_unique<Learner>(setup);
    learner->Start(model.params, &state);
    batcher = std::make_unique<Batcher>(data, 64);
  }

  void Step(Index step) {
    std::vector<Index> rows;
    for (Index row = 0; row < 48; ++row) rows.push_back(row);
    const Batch& batch = batcher->Load(rows);
    learner->Forward(batch, step, &state);
    REQUIRE(learner->Learn(batch, step, 0.01, &state) == -1);
  }

  Dataset data;
  Model model;
  std::vector<std::unique_ptr<Loss>> losses;
  std::unique_ptr<Optimizer> optimizer = MakeOptimizer({"sgd", {}});
  OptimizerOptions options;
  std::unique_ptr<Learner> learner;
  std::unique_ptr<Batcher> batcher;
  LearnerState state;
};

std::vector<Real> WeightsAfter(const WeightingNeeds& needs,
                               std::vector<double>* gramian) {
  const Probe probe(needs);
  Lab lab(probe);
  lab.Step(0);
  *gramian = probe.gramian;
  const std::span<const Real> all = lab.state.params.weights.all();
  return {all.begin(), all.end()};
}

TEST_CASE("weights of 1 give one direction whatever a weighting asks for") {
  std::vector<double> none;
  std::vector<double> by_layers;
  std::vector<double> by_gradients;
  const std::vector<Real> plain = WeightsAfter({}, &none);
  const std::vector<Real> gramian = WeightsAfter({.gramian = true}, &by_layers);
  const std::vector<Real> both =
      WeightsAfter({.gramian = true, .gradients = true}, &by_gradients);
  CHECK(none.empty());
  REQUIRE(by_layers.size() == 9);
  REQUIRE(by_gradients.size() == 9);
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(by_layers[i] == doctest::Approx(by_gradients[i]).epsilon(1e-4));
  }
  for (std::size_t i = 0; i < plain.size(); ++i) {
    REQUIRE(std::abs(gramian[i] - plain[i]) < 1e-6);
    REQUIRE(std::abs(both[i] - plain[i]) < 1e-6);
  }
}

TEST_CASE("layers are weighted apart, each by the products of its own") {
  const Probe whole({.gramian = true});
  const Probe parts({.gramian = true});
  Lab one(whole);
  Lab other(parts, GradientsAt::kLayers);
  one.Step(0);
  other.Step(0);
  // Of the dense layer and of its batch norm.
  REQUIRE(parts.all_gramians.size() == 2);
  REQUIRE(whole.all_gramians.size() == 1);
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(parts.all_gramians[0][i] + parts.all_gramians[1][i] ==
          doctest::Approx(whole.all_gramians[0][i]).epsilon(1e-5));
  }
  // Weights of 1 everywhere are the sum.
  const auto a = one.state.params.weights.all();
  const auto b = other.state.params.weights.all();
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  CHECK_THROWS_AS(ChooseGradientsAt(Probe({}), "layers", *one.model.network),
                  Error);
}

TEST_CASE("kernels and biases are weighted apart, each by its own products") {
  // Twice as much of every part as its place among them.
  class ByPart : public Probe {
   public:
    using Probe::Probe;
    void Weights(const WeightingSignals& signals, std::span<double> state,
                 std::span<double> w) const override {
      Probe::Weights(signals, state, w);
      std::fill(w.begin(), w.end(), static_cast<double>(all_gramians.size()));
    }
  };
  const Probe ones({.gramian = true});
  const ByPart numbered({.gramian = true});
  Lab one(ones, GradientsAt::kMatrices);
  Lab other(numbered, GradientsAt::kMatrices);
  const Block start = one.state.params.weights;
  one.Step(0);
  other.Step(0);
  const Layout& layout = start.layout();
  // Kernel and bias of the dense layer, scale and shift of its batch norm.
  REQUIRE(ones.all_gramians.size() == 4);
  std::size_t part = 0;
  std::size_t moving = 0;
  for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
    if (!layout.slice(i).shared) continue;
    const double times = static_cast<double>(++part);
    CAPTURE(layout.slice(i).name);
    const auto begin = start.At(i).flat();
    const auto a = one.state.params.weights.At(i).flat();
    const auto b = other.state.params.weights.At(i).flat();
    bool moves = false;
    for (std::size_t k = 0; k < begin.size(); ++k) {
      const double step = static_cast<double>(a[k] - begin[k]);
      moves = moves || std::abs(step) > 1e-5;
      REQUIRE(std::abs(static_cast<double>(b[k] - begin[k]) - times * step) <
              1e-6);
    }
    moving += moves ? 1 : 0;
  }
  CHECK(part == 4);
  CHECK(moving >= 3);  // batch norm undoes the bias
}

TEST_CASE("what is remembered of one part is not that of another") {
  const Probe probe({.gramian = true});
  Lab lab(probe, GradientsAt::kLayers);
  lab.Step(0);
  lab.Step(1);
  CHECK(lab.state.weighting == std::vector<double>{2, 2});
  // The trunk's dense layer and batch norm are one group.
  Lab groups(probe, GradientsAt::kGroups);
  groups.Step(0);
  CHECK(groups.state.weighting == std::vector<double>{1});
}

TEST_CASE("a weighting knows which epoch a step is of") {
  const Probe probe({});
  Lab lab(probe);
  lab.learner->ExpectSteps(6, 2);
  // As after a resume, it follows from the step alone.
  for (const Index step : {0, 1, 2, 5}) lab.Step(step);
  CHECK(probe.epochs == std::vector<Index>{0, 0, 1, 2});
}

TEST_CASE("losses after a step are those the next step begins with") {
  const Probe probe({.losses_after = true});
  Lab lab(probe);
  lab.Step(0);
  const std::vector<double> first = probe.losses;
  const std::vector<double> after = probe.after;
  CHECK(probe.before == first);
  CHECK(after != first);
  lab.Step(1);
  CHECK(probe.losses == after);
}

TEST_CASE("looking back leaves running statistics alone") {
  const Probe looks({.losses_after = true});
  const Probe does_not({});
  Lab one(looks);
  Lab other(does_not);
  for (Index step = 0; step < 3; ++step) {
    one.Step(step);
    other.Step(step);
  }
  const std::span<const Real> a = one.state.params.buffers.all();
  const std::span<const Real> b = other.state.params.buffers.all();
  REQUIRE(!a.empty());
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_CASE("what is kept of parameters cannot be kept of a representation") {
  const Probe probe({.gradients = true});
  const Lab lab(probe);
  CHECK_THROWS_WITH_AS(
      ChooseGradientsAt(probe, "representation", *lab.model.network),
      "--gradients-at representation: the weighting keeps something of every "
      "shared parameter (use --gradients-at parameters)",
      Error);
  CHECK(ChooseGradientsAt(probe, "auto", *lab.model.network) ==
        GradientsAt::kParameters);
}

}  // namespace
}  // namespace mtlkit
