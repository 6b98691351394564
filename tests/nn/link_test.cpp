#include "data/link.h"

#include <doctest/doctest.h>

#include <cmath>

#include "data/head.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

TEST_CASE("links turn outputs into probabilities") {
  const std::vector<Task> tasks = SampleDataset().tasks;
  std::vector<Real> output = {0, std::log(Real{3})};
  std::vector<Real> values(2);
  ApplyLink(tasks[1], {output.data(), 2, 1}, {values.data(), 2, 1});
  CHECK(values[0] == doctest::Approx(0.5));
  CHECK(values[1] == doctest::Approx(0.75));
  output = {std::log(Real{2}), std::log(Real{2}), std::log(Real{4})};
  values.resize(3);
  ApplyLink(tasks[2], {output.data(), 1, 3}, {values.data(), 1, 3});
  CHECK(values[0] == doctest::Approx(0.25));
  CHECK(values[2] == doctest::Approx(0.5));
}

TEST_CASE("regression values come in their units, and go back as targets") {
  const Task task = SampleDataset().tasks[0];
  std::vector<Real> values = {0, 1, -2};
  const MatView view = {values.data(), 3, 1};
  ApplyLink(task, view, view);
  CHECK(values == std::vector<Real>{10, 18, -6});
  task.head().TargetsOf(task, view, view);
  CHECK(values == std::vector<Real>{0, 1, -2});
  task.head().LabelsToUnits(task, view);
  CHECK(values == std::vector<Real>{10, 18, -6});
}

TEST_CASE("the best constants are weighted means, medians and frequencies") {
  Dataset data;
  data.rows = 5;
  data.tasks.resize(2);
  data.tasks[1].type = TaskType::kMulticlass;
  data.tasks[1].classes = {"a", "b"};
  data.labels.resize(2);
  const float missing = std::nanf("");
  data.labels[0].values = {1, 2, 9, missing, 100};
  data.labels[1].rows = {0, 2, 3};
  data.labels[1].on_all_rows = false;
  data.labels[1].values = {0, 1, 1};
  data.labels[1].weights = {2, 1, 5};
  const std::vector<Index> rows = {0, 1, 2, 3};
  CHECK(BestConstants(data, 0, rows) == std::vector<double>{4, 2});
  CHECK(BestConstants(data, 1, rows) == std::vector<double>{0.25, 0.75});
  data.weights = {1, 1, 1, 0, 1};
  CHECK(BestConstants(data, 1, rows)[0] == doctest::Approx(2.0 / 3));
  const std::vector<Index> unlabelled = {3};
  CHECK(BestConstants(data, 0, unlabelled).empty());
  const std::vector<Index> even = {0, 1};
  CHECK(BestConstants(data, 0, even) == std::vector<double>{1.5, 1.5});
}

TEST_CASE("constant outputs say what the constants are") {
  const std::vector<Task> tasks = SampleDataset().tasks;
  const std::vector<double> score = {18, 10};
  CHECK(ConstantOutputs(tasks[0], score) ==
        std::vector<std::vector<Real>>{{1}, {0}});
  const std::vector<double> kind = {0.5, 0.25, 0.25};
  std::vector<Real> row = ConstantOutputs(tasks[2], kind)[0];
  ApplyLink(tasks[2], {row.data(), 1, 3}, {row.data(), 1, 3});
  CHECK(static_cast<double>(row[1]) == doctest::Approx(0.25));
  const std::vector<double> sold = {0.75, 0.25};
  row = ConstantOutputs(tasks[1], sold)[0];
  ApplyLink(tasks[1], {row.data(), 1, 1}, {row.data(), 1, 1});
  CHECK(static_cast<double>(row[0]) == doctest::Approx(0.25));
}

}  // namespace
}  // namespace mtlkit
