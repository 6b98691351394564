#include "train/rows_by_task.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"
#include "train/step.h"
#include "train/trainee.h"
#include "train/weigher.h"

namespace mtlkit {
namespace {

// Row r has a label of task r % 3 only; every tenth row has none.
Dataset OwnRows(Index rows) {
  Dataset data = SampleData(rows);
  for (std::size_t task = 0; task < 3; ++task) {
    Labels own;
    own.on_all_rows = false;
    for (Index row = 0; row < rows; ++row) {
      if (row % 3 != static_cast<Index>(task) || row % 10 == 9) continue;
      const float value = data.labels[task].values[At(row)];
      own.rows.push_back(row);
      own.values.push_back(std::isnan(value) ? 1.0F : value);
    }
    data.labels[task] = own;
  }
  return data;
}

TEST_CASE("rows are sorted by task and otherwise stay in order") {
  const Dataset data = OwnRows(60);
  RowsByTask rows(data, data.SplitRows("train"), 16);
  REQUIRE(rows.one_task_each());
  const std::vector<Index> batch = {2, 0, 1, 59, 5, 10, 6, 5, 12};
  const auto sorted = rows.Sort(batch);
  CHECK(std::vector<Index>(sorted.begin(), sorted.end()) ==
        std::vector<Index>{0, 6, 12, 1, 10, 2, 5, 5, 59});
  const auto ranges = rows.ranges();
  REQUIRE(ranges.size() == 3);
  CHECK(ranges[0].first == 0);
  CHECK(ranges[0].count == 3);
  CHECK(ranges[1].first == 3);
  CHECK(ranges[1].count == 2);
  CHECK(ranges[2].first == 5);
  CHECK(ranges[2].count == 3);
}

TEST_CASE("one row with labels of two tasks is enough to have no order") {
  Dataset data = OwnRows(60);
  const std::vector<Index>& train = data.SplitRows("train");
  CHECK(RowsByTask(data, train, 8).one_task_each());
  // Row 1 is of task 1.
  data.labels[0].rows.insert(data.labels[0].rows.begin() + 1, 1);
  std::vector<float> values = data.labels[0].values.Numbers();
  values.insert(values.begin() + 1, 1.0F);
  data.labels[0].values = values;
  CHECK(!RowsByTask(data, train, 8).one_task_each());
  // Rows that nobody learns from do not count.
  CHECK(RowsByTask(data, data.SplitRows("valid"), 8).one_task_each());
}

// Steps on rows of one task each, by one pass over them or by lanes.
struct Steps {
  Steps(const Dataset& data, const std::string& weighting_name, GradientsAt at,
        bool lane_rows) {
    ArchOptions arch;
    arch.layers = {"16"};
    Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
    const auto losses = MakeLosses(data.tasks, {});
    const auto optimizer = MakeOptimizer({"sgd", {}});
    const OptimizerOptions options;
    const auto weighting = MakeWeighting({weighting_name, {}}, data.tasks);
    LearnerSetup setup;
    setup.network = model.network.get();
    setup.tasks = data.tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = weighting.get();
    setup.at = at;
    setup.task_weight = {1, 2, 0.5};
    setup.capacity = 48;
    setup.lane_rows = lane_rows;
    Learner learner(setup);
    LearnerState state;
    learner.Start(model.params, &state);
    Batcher batcher(data, 48);
    RowsByTask by_task(data, data.SplitRows("train"), 48);
    for (Index step = 0; step < 4; ++step) {
      std::vector<Index> rows;
      for (Index row = 0; row < 48; ++row) {
        const Index number =
            (7 * row + step) % std::ssize(data.SplitRows("train"));
        rows.push_back(data.SplitRows("train")[At(number)]);
      }
      const auto sorted = by_task.Sort(rows);
      if (lane_rows) learner.SetLaneRows(by_task.ranges());
      const Batch& batch = batcher.Load(sorted);
      learner.Forward(batch, step, &state);
      REQUIRE(learner.Learn(batch, step, 0.05, &state) == -1);
      const auto told = learner.factors();
      factors.insert(factors.end(), told.begin(), told.end());
    }
    const auto all = state.params.weights.all();
    weights.assign(all.begin(), all.end());
  }

  std::vector<Real> weights;
  std::vector<double> factors;
};

TEST_CASE("weightings make of one pass what they make of one a task") {
  const Dataset data = OwnRows(120);
  for (const std::string name : {"pcgrad", "mgda", "graddrop", "db-mtl",
                                 "gradvac", "upgrad", "modo", "excess-mtl"}) {
    for (const GradientsAt at :
         {GradientsAt::kParameters, GradientsAt::kLayers}) {
      const auto needs = MakeWeighting({name, {}}, data.tasks)->needs();
      if (InParts(at) && needs.gradients) continue;
      CAPTURE(name);
      CAPTURE(static_cast<int>(at));
      const Steps lanes(data, name, at, false);
      const Steps rows(data, name, at, true);
      for (std::size_t i = 0; i < lanes.factors.size(); ++i) {
        CHECK(rows.factors[i] ==
              doctest::Approx(lanes.factors[i]).epsilon(1e-4));
      }
      bool same = true;
      for (std::size_t i = 0; i < lanes.weights.size(); ++i) {
        same =
            same && std::abs(rows.weights[i] - lanes.weights[i]) < Real(1e-4);
      }
      CHECK(same);
    }
  }
}

// The rows of a first batch as a peer with this weighting sees them.
std::vector<Index> SeenRows(const std::string& weighting,
                            const std::string& norm) {
  const Dataset data = OwnRows(120);
  ArchOptions arch;
  arch.layers = {"8"};
  arch.norm = norm;
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainOptions options = SampleOptions();
  options.weighting.weighting = weighting;
  const Peer peer = {&model, 1, InputsOf(data, options)};
  const auto protocol = MakeProtocol({"solo", {}}, 1);
  Trainee trainee(peer, options, *protocol, nullptr);
  const std::vector<Index> rows = {5, 2, 1, 0, 6};
  trainee.Forward(rows, 0);
  REQUIRE(trainee.Learn(0, 0.01, 0) == -1);
  const auto seen = trainee.batch().row_numbers;
  return {seen.begin(), seen.end()};
}

TEST_CASE("batches are sorted only where that spares passes") {
  const std::vector<Index> as_they_come = {5, 2, 1, 0, 6};
  CHECK(SeenRows("pcgrad", "none") == std::vector<Index>{0, 6, 1, 5, 2});
  CHECK(SeenRows("pcgrad", "layer") == std::vector<Index>{0, 6, 1, 5, 2});
  CHECK(SeenRows("pcgrad", "batch") == as_they_come);
  CHECK(SeenRows("equal", "none") == as_they_come);
}

}  // namespace
}  // namespace mtlkit
