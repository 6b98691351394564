// Tasks that share out the rows of one column (--task-per).
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "base/reporter.h"
#include "data/task_families.h"
#include "nn/loss.h"
#include "train/loop.h"
#include "train/sample.h"
#include "train/validation.h"

namespace mtlkit {
namespace {

// The task `value` alone; in `parts`, of which the first has every third row.
Dataset ValueData(Index rows, bool in_parts) {
  Dataset data = SampleData(rows);
  data.tasks.erase(data.tasks.begin(), data.tasks.begin() + 2);
  data.labels.erase(data.labels.begin(), data.labels.begin() + 2);
  data.tasks[0].source.columns = {"value"};
  if (!in_parts) return data;
  const Labels whole = data.labels[0];
  data.tasks.push_back(data.tasks[0]);
  data.labels = std::vector<Labels>(2);
  for (std::size_t part = 0; part < 2; ++part) {
    data.tasks[part].name = part == 0 ? "value.a" : "value.b";
    data.tasks[part].source.per_column = "part";
    data.tasks[part].source.per_value = part == 0 ? "a" : "b";
    data.labels[part].on_all_rows = false;
    for (Index row = 0; row < rows; ++row) {
      if ((row % 3 == 0) != (part == 0)) continue;
      data.labels[part].rows.push_back(row);
      data.labels[part].values.push_back(whole.values[At(row)]);
    }
  }
  return data;
}

Model Trained(const Dataset& data, double rate) {
  ArchOptions arch;
  arch.arch = "pooled";
  arch.layers = {"8"};
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainOptions options;
  options.epochs = 2;
  options.batch = 60;
  options.patience = 0;
  options.optimizer.optimizer = "sgd:momentum=0";
  options.optimizer.rate = rate;
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.reporter = &reporter;
  Train(InputsOf(data, options), options, 1, environment, &model);
  return model;
}

// Two tasks count as much as two, so half the rate is that of one task.
TEST_CASE("rows count alike whatever task each is of") {
  const std::vector<Real> whole =
      WeightsOf(Trained(ValueData(100, false), 0.1));
  const std::vector<Real> parts =
      WeightsOf(Trained(ValueData(100, true), 0.05));
  REQUIRE(whole.size() == parts.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(static_cast<double>(parts[i]) ==
          doctest::Approx(static_cast<double>(whole[i])).epsilon(1e-4));
  }
}

TEST_CASE("tasks of one column begin alike") {
  const Dataset data = ValueData(60, true);
  for (const char* heads : {"", "4"}) {
    CAPTURE(heads);
    ArchOptions arch;
    arch.layers = {"8"};
    if (*heads != 0) arch.head_layers = {heads};
    const Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
    const Layout& layout = model.params.weights.layout();
    for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
      const std::string& name = layout.slice(i).name;
      const ConstMatView values = model.params.weights.At(i);
      if (name.starts_with("heads.")) {
        for (Index row = 0; row < values.rows; ++row) {
          CHECK(values(row, 0) == values(row, 1));
        }
        continue;
      }
      const std::string first = "head.value.a";
      if (!name.starts_with(first)) continue;
      const Index other =
          layout.Find("head.value.b" + name.substr(first.size()));
      REQUIRE(other >= 0);
      for (Index k = 0; k < values.size(); ++k) {
        CHECK(model.params.weights.At(other).data[k] == values.data[k]);
      }
    }
  }
}

TEST_CASE("tasks of one column are validated on all of its rows") {
  const Dataset data = ValueData(100, true);
  ArchOptions arch;
  arch.layers = {"8"};
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  const auto losses = MakeLosses(model.schema.tasks, {});
  ThreadPool pool(1);
  Validator validator(model, data, losses, data.SplitRows("valid"), "loss",
                      &pool);
  const ValidationResult result = validator.Measure(&model.params);
  double loss = 0;
  double best = 0;
  for (std::size_t task = 0; task < 2; ++task) {
    double constants[2] = {0, 0};  // the mean, the median
    double count = 0;
    for (std::size_t i = 0; i < data.labels[task].rows.size(); ++i) {
      if (data.labels[task].rows[i] % 5 != 4) continue;
      ++count;
      for (std::size_t k = 0; k < 2; ++k) {
        const double apart = (static_cast<double>(data.labels[task].values[i]) -
                              model.constants[task][k]) /
                             7;
        constants[k] += apart * apart;
      }
    }
    loss += count * result.losses[task];
    best += std::min(constants[0], constants[1]);
  }
  CHECK(result.relative == doctest::Approx(loss / best).epsilon(1e-5));
}

TEST_CASE("families are tasks of one column and one way to share it out") {
  std::vector<Task> tasks(5);
  const auto set = [&](std::size_t i, const char* column, const char* per) {
    tasks[i].source.columns = {column};
    tasks[i].source.per_column = per;
  };
  set(0, "score", "school");
  set(1, "mark", "school");
  set(2, "score", "");
  set(3, "score", "school");
  set(4, "score", "town");
  CHECK(TaskFamilies(tasks) == std::vector<Index>{0, -1, -1, 0, -1});
}

}  // namespace
}  // namespace mtlkit
