#include "eval/gain.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "eval/evaluation.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

// A binary task of 8 rows that a model ranks with so many wrong pairs of 16.
TaskPredictions Ranked(const std::string& name, int wrong_pairs) {
  TaskPredictions task;
  task.task.name = name;
  task.task.type = TaskType::kBinary;
  task.task.classes = {"no", "yes"};
  task.y = {0, 0, 0, 0, 1, 1, 1, 1};
  task.prob = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F};
  // A positive row that falls below k negative ones costs k pairs.
  for (int row = 4; wrong_pairs > 0; ++row) {
    const int below = std::min(wrong_pairs, 4);
    task.prob[static_cast<std::size_t>(row)] =
        0.45F - 0.1F * static_cast<float>(below) + 0.001F * float(row);
    wrong_pairs -= below;
  }
  task.constants = {0.5, 0.5};
  return task;
}

Predictions Of(std::vector<TaskPredictions> tasks) {
  Predictions predictions;
  predictions.ids = std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8};
  predictions.tasks = std::move(tasks);
  return predictions;
}

Evaluation Against(const Predictions& a, const Predictions& b,
                   const std::string& baseline) {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = baseline;
  options.draws = 200;
  return Evaluate(JoinedModels(Held({{"a", a}, {"b", b}})), options, 1, pool);
}

TEST_CASE("a gain is one ratio of mean errors, not a mean of ratios") {
  const std::vector<ErrorPair> errors = {{0.001, 0.004}, {0.4, 0.2}};
  // Errors of a constant: 0.5 and 0.5. (.008 + .4) / (.002 + .8).
  CHECK(LogErrorRatio(errors, std::vector<ErrorUnit>{{0.5}, {0.5}}) ==
        doctest::Approx(std::log(0.408 / 0.802)));
}

TEST_CASE("errors that are roots are averaged as squares") {
  const std::vector<ErrorPair> errors = {{3, 1}, {4, 7}, {0.5, 0.25}};
  // Twice the root of the mean square, and the third task.
  CHECK(LogErrorRatio(errors,
                      std::vector<ErrorUnit>{{1, true}, {1, true}, {0.5}}) ==
        doctest::Approx(std::log((2 * 5 + 0.5) / (2 * std::sqrt(12.5) + 1))));
  // One alone is itself.
  CHECK(LogErrorRatio(std::vector<ErrorPair>{{4, 2}, {1, 1}},
                      std::vector<ErrorUnit>{{2, true}, {0.5}}) ==
        doctest::Approx(std::log(3.0 / 4)));
}

TEST_CASE("units cancel: metres or millimetres give the same gain") {
  const std::vector<ErrorPair> metres = {{2, 1}, {0.3, 0.2}};
  const std::vector<ErrorPair> millimetres = {{2000, 1000}, {0.3, 0.2}};
  CHECK(LogErrorRatio(metres, std::vector<ErrorUnit>{{4}, {0.5}}) ==
        doctest::Approx(
            LogErrorRatio(millimetres, std::vector<ErrorUnit>{{4000}, {0.5}})));
}

TEST_CASE("where nobody errs there is no gain, where one does it has no end") {
  const std::vector<ErrorUnit> unit = {{1}};
  CHECK(LogErrorRatio(std::vector<ErrorPair>{{0, 0}}, unit) == 0);
  CHECK(LogErrorRatio(std::vector<ErrorPair>{{1, 0}}, unit) ==
        -std::numeric_limits<double>::infinity());
  CHECK(LogErrorRatio(std::vector<ErrorPair>{{0, 1}}, unit) ==
        std::numeric_limits<double>::infinity());
  CHECK(std::isnan(LogErrorRatio({}, {})));
}

TEST_CASE("exchange of the models turns the sign and mirrors the interval") {
  const Predictions a = Of({Ranked("s", 1), Ranked("t", 4), Ranked("u", 7)});
  const Predictions b = Of({Ranked("s", 2), Ranked("t", 3), Ranked("u", 9)});
  const Estimate over_a = Against(a, b, "a").gains[1].log_ratio;
  const Estimate over_b = Against(a, b, "b").gains[0].log_ratio;
  CHECK(over_a.value == doctest::Approx(std::log(14.0 / 12.0)));
  CHECK(over_b.value == doctest::Approx(-over_a.value));
  CHECK(over_b.low == doctest::Approx(-over_a.high));
  CHECK(over_b.high == doctest::Approx(-over_a.low));
  CHECK(over_a.low <= over_a.value);
  CHECK(over_a.high >= over_a.value);
}

TEST_CASE("a task that is nearly solved does not decide the gain") {
  // 16 pairs each; one task goes from 1 wrong pair to 4 (-300 %), eight stay.
  std::vector<TaskPredictions> before = {Ranked("easy", 1)};
  std::vector<TaskPredictions> after = {Ranked("easy", 4)};
  for (const char* name : {"b", "c", "d", "e", "f", "g", "h", "i"}) {
    before.push_back(Ranked(name, 7));
    after.push_back(Ranked(name, 7));
  }
  const Gain gain = Against(Of(before), Of(after), "a").gains[1];
  CHECK(gain.share().value == doctest::Approx(1 - 60.0 / 57.0));
}

TEST_CASE("tasks that have no part in a gain are named with the reason") {
  TaskPredictions no_label = Ranked("none", 1);
  no_label.y.assign(8, NAN);
  TaskPredictions one_class = Ranked("same", 1);
  one_class.y.assign(8, 1);
  TaskPredictions no_constant = Ranked("foreign", 1);
  no_constant.constants.clear();
  const std::vector<TaskPredictions> tasks = {Ranked("fine", 2), no_label,
                                              one_class, no_constant};
  const Gain gain = Against(Of(tasks), Of(tasks), "a").gains[1];
  CHECK(gain.tasks == 1);
  REQUIRE(gain.left_out.size() == 3);
  CHECK(gain.left_out[0].task == "none");
  CHECK(gain.left_out[0].reason == "no label");
  CHECK(gain.left_out[1].task == "same");
  CHECK(gain.left_out[1].reason == "ROC AUC is undefined");
  CHECK(gain.left_out[2].task == "foreign");
  CHECK(gain.left_out[2].reason == "the error of a constant is not known");
}

TEST_CASE("one task alone has a gain without a constant") {
  TaskPredictions before = Ranked("foreign", 4);
  before.constants.clear();
  TaskPredictions after = Ranked("foreign", 2);
  after.constants.clear();
  const Gain gain = Against(Of({before}), Of({after}), "a").gains[1];
  CHECK(gain.share().value == doctest::Approx(0.5));
}

}  // namespace
}  // namespace mtlkit
