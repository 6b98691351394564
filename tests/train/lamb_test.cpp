// Steps of an optimiser that scales whole parameters.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "train/sample.h"

namespace mtlkit {
namespace {

constexpr double kLambRate = 0.01;

// A model after one step of lamb on all training rows.
Model LambStepped(const Dataset& data, Index width, ThreadPool* pool) {
  TrainOptions options;
  options.optimizer.optimizer = "lamb";
  options.optimizer.rate = kLambRate;
  options.schedule = "constant";
  options.batch = 1000;
  options.epochs = 1;
  ArchOptions arch;
  arch.layers = {std::to_string(width), std::to_string(width)};
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainInputs inputs = InputsOf(data, options);
  inputs.valid_rows.clear();
  TrainEnvironment environment;
  environment.pool = pool;
  Train(inputs, options, 1, environment, &model);
  return model;
}

Model LambStart(const Dataset& data, Index width) {
  ArchOptions arch;
  arch.layers = {std::to_string(width), std::to_string(width)};
  return BuildModel(data, arch, 1, data.SplitRows("train"));
}

// The length of the difference of columns, as a part of that of `from`.
double PartMoved(ConstMatView from, ConstMatView to, const ColumnRange& cols) {
  double moved = 0;
  double length = 0;
  for (Index row = 0; row < from.rows; ++row) {
    for (Index i = 0; i < cols.count; ++i) {
      const double a = static_cast<double>(from(row, cols.first + i));
      const double b = static_cast<double>(to(row, cols.first + i));
      moved += (a - b) * (a - b);
      length += a * a;
    }
  }
  return std::sqrt(moved / length);
}

TEST_CASE("lamb moves each kernel by the rate's part of its length") {
  const Dataset data = SampleData(100);
  const Model start = LambStart(data, 16);
  const Model model = LambStepped(data, 16, nullptr);
  const Layout& layout = *start.network->weights();
  for (const char* name : {"trunk.0/kernel", "trunk.1/kernel"}) {
    const Index slice = layout.Find(name);
    CHECK(PartMoved(start.params.weights.At(slice),
                    model.params.weights.At(slice),
                    {0, layout.slice(slice).spec.cols}) ==
          doctest::Approx(kLambRate).epsilon(1e-3));
  }
  // Of a layer that is split by task, those of each task.
  const Index heads = layout.Find("heads.trunk/kernel");
  for (Index task = 0; task < 3; ++task) {
    CHECK(PartMoved(start.params.weights.At(heads),
                    model.params.weights.At(heads),
                    start.network->output(task).columns) ==
          doctest::Approx(kLambRate).epsilon(1e-3));
  }
}

TEST_CASE("what lamb does to a task's columns depends on that task") {
  Dataset data = SampleData(100);
  const Model together = LambStepped(data, 16, nullptr);
  // Without labels of the second task, what is the first's moves alike, since
  // the gradient at its own columns is the same.
  data.labels[1].values.assign(100, std::numeric_limits<float>::quiet_NaN());
  const Model apart = LambStepped(data, 16, nullptr);
  const Index heads = together.network->weights()->Find("heads.trunk/kernel");
  const ConstMatView a = together.params.weights.At(heads);
  const ConstMatView b = apart.params.weights.At(heads);
  const ColumnRange first = together.network->output(0).columns;
  const ColumnRange second = together.network->output(1).columns;
  const Model begun = LambStart(data, 16);
  const ConstMatView start = begun.params.weights.At(heads);
  for (Index row = 0; row < a.rows; ++row) {
    CHECK(a(row, first.first) == b(row, first.first));
    CHECK(b(row, second.first) == start(row, second.first));
  }
}

TEST_CASE("lamb has the same bits for any number of threads") {
  const Dataset data = SampleData(60);
  ThreadPool pool(3);
  const Model one = LambStepped(data, 260, nullptr);
  REQUIRE(one.network->weights()->size() > 65536);
  CHECK(WeightsOf(one) == WeightsOf(LambStepped(data, 260, &pool)));
}

}  // namespace
}  // namespace mtlkit
