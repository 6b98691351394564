#include "eval/task_curves.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "eval/sample.h"

namespace mtlkit {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

Predictions Of(TaskPredictions task, Index rows) {
  Predictions predictions;
  predictions.ids = RunningIds(rows);
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

TaskCurves CurvesOf(Predictions predictions, bool no_weights = false) {
  const JoinedModels joined(Held({{"m", std::move(predictions)}}));
  const std::vector<TaskCurves> curves = CurvesOfTasks(joined, no_weights);
  REQUIRE(curves.size() == 1);
  REQUIRE(curves[0].models.size() == 1);
  return curves[0];
}

TaskPredictions Binary(std::vector<float> prob, std::vector<float> y) {
  TaskPredictions task;
  task.task.name = "sold";
  task.task.type = TaskType::kBinary;
  task.task.classes = {"no", "yes"};
  task.prob = std::move(prob);
  task.y = std::move(y);
  return task;
}

using Numbers = std::vector<double>;

TEST_CASE("a curve goes up for positives, right for negatives, ties at once") {
  const TaskCurves curves = CurvesOf(
      Of(Binary({.9F, .8F, .8F, .3F, .1F, .7F}, {1, 1, 0, 0, 1, kNone}), 6));
  CHECK(curves.is_of_classes);
  const CurveLine& roc = curves.models[0].roc;
  CHECK(roc.x == Numbers{0, 0, .5, 1, 1});
  CHECK(roc.y == Numbers{0, 1. / 3, 2. / 3, 2. / 3, 1});
}

TEST_CASE("rows count by their weights, unless they are not to") {
  TaskPredictions task = Binary({.9F, .8F, .3F}, {1, 0, 1});
  task.weight = {3, 1, 1};
  CHECK(CurvesOf(Of(task, 3)).models[0].roc.y == Numbers{0, .75, .75, 1});
  CHECK(CurvesOf(Of(task, 3), true).models[0].roc.y == Numbers{0, .5, .5, 1});
}

TEST_CASE("one kind of rows has no curve") {
  const TaskCurves curves = CurvesOf(Of(Binary({.9F, .8F}, {1, 1}), 2));
  CHECK(curves.models[0].roc.x.empty());
  CHECK(curves.models[0].reliability.x.size() == 2);
}

TEST_CASE("several classes have the mean of their curves") {
  TaskPredictions task;
  task.task.name = "kind";
  task.task.type = TaskType::kMulticlass;
  task.task.classes = {"a", "b", "c"};
  // Class a is ranked perfectly, b the wrong way round, c occurs nowhere.
  task.prob = {.6F, .3F, .1F, .5F, .4F, .1F};
  task.y = {0, 1};
  TaskCurves curves = CurvesOf(Of(task, 2));
  const CurveLine& perfect = curves.models[0].roc;
  CHECK(perfect.y.front() == 0);
  CHECK(perfect.y[1] == 1);
  task.prob = {.6F, .3F, .1F, .5F, .2F, .3F};
  curves = CurvesOf(Of(task, 2));
  const CurveLine& mean = curves.models[0].roc;
  REQUIRE(mean.x.size() == 102);
  CHECK(mean.y[1] == doctest::Approx(.5));
  CHECK(mean.y[51] == doctest::Approx(.5));
  CHECK(mean.y.back() == 1);
}

TEST_CASE("tenths of rows: what was said, and what was true") {
  std::vector<float> prob;
  std::vector<float> y;
  for (int i = 0; i < 100; ++i) {
    prob.push_back(static_cast<float>(i) / 128);
    y.push_back(i % 10 < i / 10 ? 1.F : 0.F);
  }
  const CurveLine line =
      CurvesOf(Of(Binary(prob, y), 100)).models[0].reliability;
  REQUIRE(line.x.size() == 10);
  for (std::size_t part = 0; part < 10; ++part) {
    const auto tenth = static_cast<double>(part);
    CHECK(line.x[part] == doctest::Approx((10 * tenth + 4.5) / 128));
    CHECK(line.y[part] == doctest::Approx(tenth / 10));
  }
}

TEST_CASE("equal predictions are one part") {
  const CurveLine line = CurvesOf(Of(Binary(std::vector<float>(20, .5F),
                                            std::vector<float>(20, 1)),
                                     20))
                             .models[0]
                             .reliability;
  CHECK(line.x == Numbers{.5});
  CHECK(line.y == Numbers{1});
}

TEST_CASE("numbers have their own units, and no ROC") {
  TaskPredictions task;
  task.task.name = "hours";
  task.task.type = TaskType::kRegression;
  task.pred = {10, 20};
  task.y = {12, 17};
  const TaskCurves curves = CurvesOf(Of(task, 2));
  CHECK_FALSE(curves.is_of_classes);
  CHECK(curves.models[0].roc.x.empty());
  CHECK(curves.models[0].reliability.x == Numbers{10, 20});
  CHECK(curves.models[0].reliability.y == Numbers{12, 17});
}

}  // namespace
}  // namespace mtlkit
