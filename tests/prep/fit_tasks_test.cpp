// Scales of tasks: those that share out the rows of one column, and what labels
// become before they are scaled.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "data/label_view.h"
#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

// Scores of pupils of three schools: 1 3 | 5 7 9 | 20.
Dataset Schools() {
  return TableOf(6, {DenseBlock("numeric", {"x", "score"},
                                {0, 1, 1, 3, 2, 5, 3, 7, 4, 9, 5, 20}),
                     CodeBlock("categorical", {"school"}, {{"A", "B", "C"}},
                               {0, 0, 1, 1, 1, 2})});
}

TEST_CASE("tasks of one column have one scale and shrunk means") {
  PrepareOptions options = Tasks({"score"});
  options.task_per = "school";
  const Dataset ready = Run(options, Schools());
  REQUIRE(ready.tasks.size() == 3);
  // Within: (2 + 8 + 0) / (6 - 3) = 10/3. Means 2, 7, 20, of all 7.5; between:
  // (2 * 5.5^2 + 3 * .5^2 + 12.5^2 - 2 * 10/3) / (6 - 14/6) = 57.5 (rounded).
  const double within = 10.0 / 3;
  const double between = (60.5 + 0.75 + 156.25 - 2 * within) / (6 - 14.0 / 6);
  const std::vector<double> counts = {2, 3, 1};
  const std::vector<double> means = {2, 7, 20};
  double weights = 0;
  double centre = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double weight = 1 / (between + within / counts[i]);
    weights += weight;
    centre += weight * means[i];
  }
  centre /= weights;
  for (std::size_t i = 0; i < 3; ++i) {
    const double share = between / (between + within / counts[i]);
    CHECK(ready.tasks[i].mean.at(0) ==
          doctest::Approx(centre + share * (means[i] - centre)));
    CHECK(ready.tasks[i].deviation.at(0) == ready.tasks[0].deviation.at(0));
  }
  // The one pupil's school is drawn in most.
  CHECK(ready.tasks[2].mean.at(0) < 19.9);
  CHECK(ready.tasks[0].mean.at(0) > 2);
}

TEST_CASE("schools that differ by chance alone have one mean") {
  const Dataset table = TableOf(
      8, {DenseBlock("numeric", {"x", "score"},
                     {0, 1, 1, 9, 2, 2, 3, 8, 4, 1.5F, 5, 8.5F, 6, 0, 7, 10}),
          CodeBlock("categorical", {"school"}, {{"A", "B"}},
                    {0, 0, 0, 0, 1, 1, 1, 1})});
  PrepareOptions options = Tasks({"score"});
  options.task_per = "school";
  const Dataset ready = Run(options, table);
  CHECK(ready.tasks[0].mean.at(0) == doctest::Approx(5));
  CHECK(ready.tasks[1].mean.at(0) == doctest::Approx(5));
}

TEST_CASE("labels are scaled as what they become") {
  const double e = std::exp(1.0);
  const auto label = [&](double power) {
    return static_cast<float>(std::pow(e, power));
  };
  const Dataset table = TableOf(
      4, {DenseBlock("numeric", {"x", "y"},
                     {0, label(1), 1, label(2), 2, label(3), 3, label(4)})});
  PrepareOptions options = Tasks({"y=regression"});
  options.target_transform = {"y=log"};
  const Dataset ready = Run(options, table);
  const Task& task = ready.tasks[0];
  CHECK(task.curves.at(0).name == "log");
  CHECK(task.mean.at(0) == doctest::Approx(2.5));
  CHECK(task.deviation.at(0) == doctest::Approx(std::sqrt(1.25)));
  // Labels stay as they are.
  CHECK(LabelView(ready, 0).Value(0, 0) == label(1));
  // Other labels or splits keep the transform, fitted anew.
  const Dataset again = Run({}, ready);
  CHECK(again.tasks[0].curves == task.curves);
}

TEST_CASE("target transforms that cannot be are refused") {
  const auto refusal = [](const std::string& text) {
    PrepareOptions options = Tasks({"x", "job"});
    options.target_transform = {text};
    return Failure(options);
  };
  CHECK(refusal("x") == "--target-transform x is not TASK=NAME");
  CHECK(refusal("x=lgo") ==
        "--target-transform x=lgo: there is no target transform 'lgo'; did you "
        "mean 'log'?");
  CHECK(refusal("xx=log") ==
        "--target-transform xx=log: there is no task 'xx'; did you mean 'x'?");
  CHECK(refusal("job=log") ==
        "--target-transform job=log: task 'job' is multiclass");
  CHECK(refusal("x=log") ==
        "task 'x', row '0': label 0 is not above 0, as --target-transform log "
        "needs it");
  CHECK(refusal("x=log1p") == "no error");
}

TEST_CASE("a pattern transforms the tasks that it can, and says the others") {
  PrepareOptions options = Tasks({"x", "job"});
  options.target_transform = {"*=quantile"};
  Notebook notebook;
  const Dataset ready = Prepare(Table(), options, 1, &notebook);
  CHECK(ready.tasks[0].curves.at(0).name == "quantile");
  CHECK(ready.tasks[1].curves.empty());
  const std::string said =
      "--target-transform *=quantile leaves out 'job', whose labels are no "
      "numbers";
  CHECK(std::ranges::count(notebook.notes, said) == 1);
  options.target_transform = {"*=quantile", "x=none"};
  CHECK(Run(options).tasks[0].curves.empty());
  options.target_transform = {"j*=quantile"};
  CHECK(Failure(options) ==
        "--target-transform j*=quantile: task 'job' is multiclass");
}

TEST_CASE("tasks of one column become the same thing") {
  PrepareOptions options = Tasks({"score"});
  options.task_per = "school";
  options.target_transform = {"score.*=box-cox"};
  const Dataset ready = Run(options, Schools());
  CHECK(ready.tasks[0].curves == ready.tasks[2].curves);
  CHECK(ready.tasks[0].curves.at(0).name == "box-cox");
}

}  // namespace
}  // namespace mtlkit
