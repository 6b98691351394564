#include "nn/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "allocations.h"
#include "base/error.h"
#include "nn/plan_nets.h"

namespace mtlkit::test {
namespace {

constexpr Index kPlanRows = 101;  // three blocks of rows, the last one short
constexpr bool kDouble = sizeof(Real) == sizeof(double);
using Vector = std::vector<double>;

// A network with parameters, a batch and a plan.
struct Run {
  Run(const Network& network, const PlanOptions& options,
      Index rows = kPlanRows)
      : params(network.Initialized(1)), data(rows), plan(network, options) {
    pass.weights = &params.weights;
    pass.buffers = &params.buffers;
    pass.mode = Mode::kTraining;
    pass.dropout = Rng(1, RandomPurpose::kDropout, 9);
  }

  // A pass with the output gradients of the tasks times `factors`.
  void Step(const Vector& factors) {
    plan.Forward(pass, data.batch());
    for (std::size_t task = 0; task < factors.size(); ++task) {
      SetOutputGradient(&plan, static_cast<Index>(task), factors[task]);
    }
    plan.Backward(pass);
  }

  Vector Gradient() { return {plan.gradient().begin(), plan.gradient().end()}; }

  Params params;
  TestBatch data;
  Plan plan;
  Pass pass;
};

PlanOptions RouteOptions(Route route, GradientsAt at = GradientsAt::kParameters,
                         ThreadPool* pool = nullptr) {
  PlanOptions options;
  options.capacity = kPlanRows + 20;
  options.tokens = MostTestTokens(options.capacity);
  options.route = route;
  options.at = at;
  options.pool = pool;
  return options;
}

Vector PlainGradient(const Network& network, const Vector& factors) {
  Run run(network, RouteOptions(Route::kPlain));
  run.Step(factors);
  return run.Gradient();
}

// Gradients of each task, one plain pass each.
std::vector<Vector> TaskGradients(const Network& network) {
  return {PlainGradient(network, {1, 0, 0}), PlainGradient(network, {0, 1, 0}),
          PlainGradient(network, {0, 0, 1})};
}

void CheckPlanClose(const Vector& actual, const Vector& expected) {
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

// Sum of w_k g_k over shared parameters, of g_k over the tasks' own.
Vector Combined(const Network& network, const std::vector<Vector>& gradients,
                const Vector& weights) {
  Vector sum(gradients[0].size());
  const auto shared =
      static_cast<std::size_t>(network.weights()->shared_size());
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += (i < shared ? weights[k] : 1) * gradients[k][i];
    }
  }
  return sum;
}

TEST_CASE("the plain gradient is that of finite differences") {
  const double step = kDouble ? 1e-6 : 2e-4;
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    Run run(net.network, RouteOptions(Route::kPlain));
    run.Step({1, 1, 1});
    const Vector gradient = run.Gradient();
    const Rng random(2, RandomPurpose::kTest);
    for (Index draw = 0; draw < 3; ++draw) {
      double expected = 0;
      const auto move = [&](double factor) {
        for (std::size_t i = 0; i < gradient.size(); ++i) {
          const double direction = random.Normal(draw, static_cast<Index>(i));
          if (factor == 1) expected += direction * gradient[i];
          run.params.weights.all()[i] +=
              static_cast<Real>(factor * step * direction);
        }
        run.plan.Forward(run.pass, run.data.batch());
        return ProjectOutputs(run.plan);
      };
      const double up = move(1);
      const double down = move(-2);
      move(1 + 1e-15);
      const double difference = (up - down) / (2 * step);
      CHECK(std::abs(difference - expected) <=
            (kDouble ? 1e-6 : 3e-2) * (std::abs(expected) + 10));
    }
  }
}

TEST_CASE("gradients of tasks are those of separate passes") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    const std::vector<Vector> tasks = TaskGradients(net.network);
    Run run(net.network, RouteOptions(Route::kGradients));
    run.Step({1, 1, 1});
    const auto blocks = run.plan.Gradients();
    const Index shared = net.network.weights()->shared_size();
    REQUIRE(std::ssize(blocks) == (shared > 0 ? 1 : 0));
    const Vector weights = {0.5, -1, 2};
    for (const GradientBlock& block : blocks) {
      REQUIRE(block.gradients.cols == shared);
      for (Index task = 0; task < 3; ++task) {
        const Vector& all = tasks[static_cast<std::size_t>(task)];
        const Real* row = block.gradients.Row(task);
        CheckPlanClose({row, row + shared},
                       {all.begin(), all.begin() + shared});
      }
      for (Index i = 0; i < shared; ++i) {
        double sum = 0;
        for (Index task = 0; task < 3; ++task) {
          sum += weights[static_cast<std::size_t>(task)] *
                 static_cast<double>(block.gradients(task, i));
        }
        block.combined[static_cast<std::size_t>(i)] = static_cast<Real>(sum);
      }
    }
    run.plan.Finish(run.pass);
    CheckPlanClose(run.Gradient(), Combined(net.network, tasks, weights));
  }
}

TEST_CASE("the Gramian and its combination are those of separate passes") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    const std::vector<Vector> tasks = TaskGradients(net.network);
    Run run(net.network, RouteOptions(Route::kGramian));
    run.Step({1, 1, 1});
    Vector expected;
    const Index shared = net.network.weights()->shared_size();
    for (const Vector& a : tasks) {
      for (const Vector& b : tasks) {
        double sum = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(shared); ++i) {
          sum += a[i] * b[i];
        }
        expected.push_back(sum);
      }
    }
    const Mat<const double> gram = run.plan.Gramian();
    CheckPlanClose({gram.data, gram.data + 9}, expected);
    const Vector weights = {0.5, -1, 2};
    run.plan.Combine(run.pass, weights);
    CheckPlanClose(run.Gradient(), Combined(net.network, tasks, weights));
  }
}

// Whether the network has a single representation or needs none.
bool HasRepresentation(const Network& network) {
  return !network.representation().empty() ||
         network.weights()->shared_size() == 0;
}

TEST_CASE("gradients at the representation, combined, go down as one") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    if (!HasRepresentation(net.network)) continue;
    const std::vector<Vector> tasks = TaskGradients(net.network);
    const Vector weights = {0.5, -1, 2};
    const Vector expected = Combined(net.network, tasks, weights);
    Run gradients(net.network, RouteOptions(Route::kGradients,
                                            GradientsAt::kRepresentation));
    gradients.Step({1, 1, 1});
    Vector gram(9);
    for (const GradientBlock& block : gradients.plan.Gradients()) {
      for (Index i = 0; i < block.gradients.cols; ++i) {
        double sum = 0;
        for (Index a = 0; a < block.gradients.rows; ++a) {
          const Index task = block.tasks[static_cast<std::size_t>(a)];
          const double value = static_cast<double>(block.gradients(a, i));
          sum += weights[static_cast<std::size_t>(task)] * value;
          for (Index b = 0; b < block.gradients.rows; ++b) {
            gram[static_cast<std::size_t>(
                task * 3 + block.tasks[static_cast<std::size_t>(b)])] +=
                value * static_cast<double>(block.gradients(b, i));
          }
        }
        block.combined[static_cast<std::size_t>(i)] = static_cast<Real>(sum);
      }
    }
    gradients.plan.Finish(gradients.pass);
    CheckPlanClose(gradients.Gradient(), expected);

    Run gramian(net.network,
                RouteOptions(Route::kGramian, GradientsAt::kRepresentation));
    gramian.Step({1, 1, 1});
    const Mat<const double> actual = gramian.plan.Gramian();
    CheckPlanClose({actual.data, actual.data + 9}, gram);
    gramian.plan.Combine(gramian.pass, weights);
    CheckPlanClose(gramian.Gradient(), expected);
  }
}

TEST_CASE("a tree of groups or tied layers have no single representation") {
  for (const NamedNetwork& net : Networks()) {
    if (net.name != "two levels" && net.name != "tied" &&
        net.name != "conditioned") {
      continue;
    }
    INFO(net.name);
    CHECK(net.network.representation().empty());
    CHECK_THROWS_AS(
        Plan(net.network,
             RouteOptions(Route::kGramian, GradientsAt::kRepresentation)),
        Error);
  }
}

// Outputs, gradient and Gramian after two steps.
Vector Bits(const Network& network, Route route, ThreadPool* pool) {
  constexpr Index kMany = 700;
  PlanOptions options = RouteOptions(route, GradientsAt::kParameters, pool);
  options.capacity = kMany;
  options.tokens = MostTestTokens(kMany);
  Run run(network, options, kMany);
  run.Step({1, 1, 1});
  run.Step({1, 1, 1});
  Vector bits;
  if (route == Route::kGramian) {
    const Mat<const double> gram = run.plan.Gramian();
    bits.assign(gram.data, gram.data + gram.size());
    run.plan.Combine(run.pass, Vector{1, 2, 3});
  }
  const Vector gradient = run.Gradient();
  bits.insert(bits.end(), gradient.begin(), gradient.end());
  for (Index task = 0; task < 3; ++task) {
    const ConstMatView output = run.plan.Output(task);
    bits.insert(bits.end(), output.data, output.data + output.size());
  }
  return bits;
}

TEST_CASE("any number of threads gives the same bits") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    for (const Route route : {Route::kPlain, Route::kGramian}) {
      const Vector one = Bits(net.network, route, nullptr);
      for (const int threads : {2, 7}) {
        ThreadPool pool(threads, 1);
        CHECK(Bits(net.network, route, &pool) == one);
      }
    }
  }
}

TEST_CASE("a pass allocates nothing, whatever the number of rows") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    for (const Route route :
         {Route::kPlain, Route::kGramian, Route::kGradients}) {
      Run run(net.network, RouteOptions(route));
      const TestBatch small(17);
      const Vector weights = {1, 1, 1};
      run.Step(weights);
      const long long before = AllocationCount();
      for (const Batch* batch : {&small.batch(), &run.data.batch()}) {
        run.plan.Forward(run.pass, *batch);
        for (Index task = 0; task < 3; ++task) {
          SetOutputGradient(&run.plan, task, 1);
        }
        run.plan.Backward(run.pass);
        if (route == Route::kGramian) run.plan.Combine(run.pass, weights);
        if (route == Route::kGradients) run.plan.Finish(run.pass);
      }
      CHECK(AllocationCount() == before);
    }
  }
}

TEST_CASE("a pass over lanes of rows allocates nothing") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    for (const Route route : {Route::kGramian, Route::kGradients}) {
      PlanOptions options = RouteOptions(route);
      options.lane_rows = true;
      if (!RowsCanBeLanes(net.network, options)) continue;
      Run run(net.network, options);
      const Vector weights = {1, 1, 1};
      run.plan.SetLaneRows(std::vector<RowRange>{{0, 9}, {}, {9, 80}});
      run.Step(weights);
      const std::vector<RowRange> others = {{3, 7}, {10, 30}, {40, 60}};
      const long long before = AllocationCount();
      run.plan.SetLaneRows(others);
      run.Step(weights);
      if (route == Route::kGramian) run.plan.Combine(run.pass, weights);
      if (route == Route::kGradients) run.plan.Finish(run.pass);
      CHECK(AllocationCount() == before);
    }
  }
}

TEST_CASE("rows of a prediction do not depend on the others of their batch") {
  for (const NamedNetwork& net : Networks()) {
    INFO(net.name);
    Run all(net.network, RouteOptions(Route::kForward));
    Run some(net.network, RouteOptions(Route::kForward), 7);
    all.pass.mode = some.pass.mode = Mode::kInference;
    all.plan.Forward(all.pass, all.data.batch());
    some.plan.Forward(some.pass, some.data.batch());
    for (Index task = 0; task < 3; ++task) {
      const ConstMatView few = some.plan.Output(task);
      CHECK(std::ranges::equal(few.flat(),
                               all.plan.Output(task).Rows(0, few.rows).flat()));
    }
  }
}

TEST_CASE("a value that is kept is seen after the pass") {
  const Network network = HardSharing();
  PlanOptions options = RouteOptions(Route::kForward);
  options.keep = {network.Find("trunk.0"), network.Find("trunk")};
  Run run(network, options);
  run.plan.Forward(run.pass, run.data.batch());
  // The heads are linear in the trunk's output.
  const ConstMatView trunk = run.plan.Kept(network.Find("trunk"));
  const Block& weights = run.params.weights;
  const Index kernel = network.weights()->Find("heads/kernel");
  double expected = 0;
  for (Index j = 0; j < trunk.cols; ++j) {
    expected += static_cast<double>(trunk(3, j)) *
                static_cast<double>(weights.At(kernel)(j, 0));
  }
  CHECK(static_cast<double>(run.plan.Output(0)(3, 0)) ==
        doctest::Approx(expected).epsilon(1e-5));
  CHECK(run.plan.Kept(network.Find("trunk.0")).cols == 8);
}

TEST_CASE("a plan describes itself as a table") {
  const Network network = HardSharing();
  PlanOptions options;
  options.capacity = 32;
  options.route = Route::kGramian;
  CHECK(Plan(network, options).Describe() ==
        "route gramian, 32 rows, 4000 numbers\n"
        "value    cols        at   gradient at\n"
        "trunk.0     8         0       2976 x3\n"
        "trunk.1     6      1248       2400 x3\n"
        "heads       6      1632          1824\n"
        "forward: trunk.0 trunk.1 heads\n"
        "backward: heads trunk.1 trunk.0\n");
}

}  // namespace
}  // namespace mtlkit::test
