// Rows that have gradients of one task only: all tasks go down as one lane.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "nn/plan.h"
#include "nn/plan_nets.h"

namespace mtlkit::test {
namespace {

constexpr Index kLaneRows = 101;
constexpr bool kDouble = sizeof(Real) == sizeof(double);
using Vector = std::vector<double>;
using Ranges = std::vector<RowRange>;

// Some rows are of no task; task 1 has one row.
const Ranges kRanges = {{0, 40}, {40, 1}, {45, 56}};
const Ranges kWithoutTask1 = {{0, 60}, {0, 0}, {60, 41}};

PlanOptions LaneOptions(bool lane_rows, Route route, GradientsAt at) {
  PlanOptions options;
  options.capacity = kLaneRows;
  options.tokens = MostTestTokens(kLaneRows);
  options.route = route;
  options.at = at;
  options.lane_rows = lane_rows;
  return options;
}

bool CanTake(const Network& network, GradientsAt at) {
  return RowsCanBeLanes(network, LaneOptions(true, Route::kGramian, at));
}

// A network in training; a step takes the gradients of each task in its rows.
struct LaneRun {
  LaneRun(const Network& network, const PlanOptions& options)
      : params(network.Initialized(1)),
        data(options.capacity),
        plan(network, options) {
    pass.weights = &params.weights;
    pass.buffers = &params.buffers;
    pass.mode = Mode::kTraining;
    pass.dropout = Rng(1, RandomPurpose::kDropout, 9);
  }

  void Step(const Ranges& ranges) {
    plan.Forward(pass, data.batch());
    for (Index task = 0; task < 3; ++task) {
      SetOutputGradient(&plan, task, 1);
      const MatView gradient = plan.OutputGradient(task);
      const RowRange& own = ranges[At(task)];
      const Index each = plan.network().members(task);
      for (Index row = 0; row < gradient.rows; ++row) {
        if (row / each >= own.first && row / each < own.end()) continue;
        std::fill_n(gradient.Row(row), gradient.cols, Real(0));
      }
    }
    if (plan.options().lane_rows) plan.SetLaneRows(ranges);
    plan.Backward(pass);
  }

  Vector Gradient() { return {plan.gradient().begin(), plan.gradient().end()}; }

  Params params;
  TestBatch data;
  Plan plan;
  Pass pass;
};

Vector Numbers(Mat<const double> values) {
  return {values.data, values.data + values.size()};
}

void CheckClose(const Vector& actual, const Vector& expected) {
  REQUIRE(actual.size() == expected.size());
  double scale = 1;
  double largest = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    scale = std::max(scale, std::abs(expected[i]));
    const double off = std::abs(actual[i] - expected[i]);
    if (!(off <= largest)) largest = off;
  }
  CHECK(largest <= (kDouble ? 1e-11 : 2e-5) * scale);
}

TEST_CASE("networks that mix rows or have penalties need lanes") {
  std::map<std::string, bool> can;
  for (const NamedNetwork& net : Networks()) {
    can[net.name] = CanTake(net.network, GradientsAt::kParameters);
  }
  CHECK(can["hard sharing"]);
  CHECK(can["mmoe"]);
  CHECK(can["texts"]);
  CHECK(!can["normalised"]);
  CHECK(!can["pixels"]);
  CHECK(!can["balanced mmoe"]);
  CHECK(can["selected"]);
  CHECK(!can["decided"]);
  const Network network = HardSharing();
  CHECK(!RowsCanBeLanes(network, LaneOptions(true, Route::kGradients,
                                             GradientsAt::kRepresentation)));
}

TEST_CASE("one pass over rows of one task each gives what lanes give") {
  const Vector weights = {0.5, -1, 2};
  for (const NamedNetwork& net : Networks()) {
    for (const GradientsAt at :
         {GradientsAt::kParameters, GradientsAt::kRepresentation}) {
      const bool represents = !net.network.representation().empty();
      if (at == GradientsAt::kRepresentation && !represents) continue;
      if (!CanTake(net.network, at)) continue;
      INFO(net.name, ", ", static_cast<int>(at));
      LaneRun lanes(net.network, LaneOptions(false, Route::kGramian, at));
      LaneRun rows(net.network, LaneOptions(true, Route::kGramian, at));
      for (const Ranges& ranges : {kRanges, kWithoutTask1, kRanges}) {
        lanes.Step(ranges);
        rows.Step(ranges);
        CheckClose(Numbers(rows.plan.Gramian()), Numbers(lanes.plan.Gramian()));
        lanes.plan.Combine(lanes.pass, weights);
        rows.plan.Combine(rows.pass, weights);
        CheckClose(rows.Gradient(), lanes.Gradient());
      }
      CHECK(rows.plan.bytes() <= lanes.plan.bytes());
    }
  }
}

TEST_CASE("parts of the parameters have their own inner products") {
  for (const NamedNetwork& net : Networks()) {
    for (const GradientsAt at : {GradientsAt::kLayers, GradientsAt::kGroups}) {
      if (!CanTake(net.network, at)) continue;
      INFO(net.name, ", ", static_cast<int>(at));
      LaneRun lanes(net.network, LaneOptions(false, Route::kGramian, at));
      LaneRun rows(net.network, LaneOptions(true, Route::kGramian, at));
      lanes.Step(kRanges);
      rows.Step(kRanges);
      const Index parts = lanes.plan.part_count();
      REQUIRE(rows.plan.part_count() == parts);
      Vector sum(9);
      Vector weights;
      for (Index part = 0; part < parts; ++part) {
        const Vector own = Numbers(lanes.plan.PartGramian(part));
        CheckClose(Numbers(rows.plan.PartGramian(part)), own);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += own[i];
        for (Index task = 0; task < 3; ++task) {
          weights.push_back(static_cast<double>(part + 2 * task) - 1);
        }
      }
      CheckClose(Numbers(lanes.plan.Gramian()), sum);
      if (parts == 0) continue;
      lanes.plan.Combine(lanes.pass, weights);
      rows.plan.Combine(rows.pass, weights);
      CheckClose(rows.Gradient(), lanes.Gradient());
    }
  }
}

TEST_CASE("layers of a group are one part") {
  const Network network = HardSharing();
  const auto parts = [&](GradientsAt at) {
    return Plan(network, LaneOptions(false, Route::kGramian, at)).part_count();
  };
  CHECK(parts(GradientsAt::kLayers) == 2);
  CHECK(parts(GradientsAt::kGroups) == 1);
  CHECK(parts(GradientsAt::kParameters) == 0);
}

TEST_CASE("the gradients themselves come from one pass, too") {
  for (const NamedNetwork& net : Networks()) {
    if (!CanTake(net.network, GradientsAt::kParameters)) continue;
    INFO(net.name);
    const GradientsAt at = GradientsAt::kParameters;
    LaneRun lanes(net.network, LaneOptions(false, Route::kGradients, at));
    LaneRun rows(net.network, LaneOptions(true, Route::kGradients, at));
    lanes.Step(kRanges);
    rows.Step(kRanges);
    const auto expected = lanes.plan.Gradients();
    const auto actual = rows.plan.Gradients();
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const auto a = actual[i].gradients.flat();
      const auto b = expected[i].gradients.flat();
      CheckClose({a.begin(), a.end()}, {b.begin(), b.end()});
    }
    CheckClose(rows.Gradient(), lanes.Gradient());
  }
}

// So wide that inner products are summed over pairs of rows, and threads pay.
Network Wide() {
  const std::vector<InputSpec> inputs = {
      {"first", InputKind::kDense, 5, {}, {}},
      {"second", InputKind::kDense, 4, {}, {}},
      {"sparse", InputKind::kSparse, 12, {}, {}},
      {"codes", InputKind::kCategorical, 2, {}, {}},
      {"image", InputKind::kImage, 2, {}, {}, 3, 2},
      {"words", InputKind::kTokens, 1, {}, {}}};
  NetworkBuilder b(inputs, 3);
  Value h = b.Add("trunk.0", MakeDense({.units = 300}), {b.Input(0)});
  h = b.Add("trunk.1",
            MakeDense({.units = 300, .activation = Activation::kTanh}), {h});
  const Value y = b.Add("heads", MakeDense({.units = 6}), {h});
  b.Output(0, y, 0, 1);
  b.Output(1, y, 1, 2);
  b.Output(2, y, 3, 3);
  return std::move(b).Build();
}

TEST_CASE("pairs of rows give the inner products of gradients") {
  const Network network = Wide();
  const GradientsAt at = GradientsAt::kParameters;
  static_assert(LaneRowGramianPays(3, kLaneRows, 300, 300));
  LaneRun lanes(network, LaneOptions(false, Route::kGramian, at));
  LaneRun rows(network, LaneOptions(true, Route::kGramian, at));
  lanes.Step(kRanges);
  rows.Step(kRanges);
  CheckClose(Numbers(rows.plan.Gramian()), Numbers(lanes.plan.Gramian()));
}

TEST_CASE("lanes of rows have the same bits for any number of threads") {
  const Network network = Wide();
  const auto bits = [&](ThreadPool* pool) {
    PlanOptions options =
        LaneOptions(true, Route::kGramian, GradientsAt::kLayers);
    options.pool = pool;
    LaneRun run(network, options);
    run.Step(kRanges);
    Vector all = Numbers(run.plan.Gramian());
    run.plan.Combine(run.pass, Vector{1, 2, 3, 4, 5, 6});
    const Vector gradient = run.Gradient();
    all.insert(all.end(), gradient.begin(), gradient.end());
    return all;
  };
  const Vector one = bits(nullptr);
  for (const int threads : {2, 7}) {
    ThreadPool pool(threads, 1);
    CHECK(bits(&pool) == one);
  }
}

}  // namespace
}  // namespace mtlkit::test
