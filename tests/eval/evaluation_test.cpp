#include "eval/evaluation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/options.h"
#include "data/seen_rows.h"
#include "eval/bootstrap.h"
#include "eval/report.h"
#include "nlohmann/json.hpp"

namespace mtlkit {
namespace {

// One regression task whose models miss the truth by a fixed share of noise.
Predictions Regression(Index rows, double error, Seed seed) {
  const Rng rng(seed, RandomPurpose::kTest);
  const Rng truth(77, RandomPurpose::kTest);
  Predictions predictions;
  std::vector<std::int64_t> ids;
  TaskPredictions task;
  task.task.name = "price";
  for (Index row = 0; row < rows; ++row) {
    ids.push_back(row);
    const double y = truth.Normal(row, 0);
    task.y.push_back(static_cast<float>(y));
    task.pred.push_back(static_cast<float>(y + error * rng.Normal(row, 0)));
  }
  task.constants = {0.0, 0.0};
  predictions.ids = std::move(ids);
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

Evaluation Compare(double first, double second, int threads = 1) {
  ThreadPool pool(threads);
  EvaluationOptions options;
  options.against = "a";
  options.draws = 300;
  return Evaluate(JoinPredictions({{"a", Regression(200, first, 1)},
                                   {"b", Regression(200, second, 2)}},
                                  nullptr),
                  options, 5, pool);
}

TEST_CASE("a smaller error is a win with a positive gain") {
  const Evaluation evaluation = Compare(1.0, 0.5);
  const Gain& gain = evaluation.gains.at(1);
  CHECK(gain.share().value == doctest::Approx(0.5).epsilon(0.1));
  CHECK(gain.share().low > 0);
  CHECK(gain.wins == 1);
  CHECK(evaluation.tasks[0].metrics[0].differences[1].value < 0);
}

TEST_CASE("a larger error is a loss with a negative gain") {
  const Gain gain = Compare(0.5, 1.0).gains.at(1);
  CHECK(gain.share().value < 0);
  CHECK(gain.losses == 1);
}

TEST_CASE("a difference whose interval contains 0 is a tie") {
  const Gain gain = Compare(1.0, 1.0).gains.at(1);
  CHECK(gain.ties == 1);
  CHECK(gain.share().low < 0);
  CHECK(gain.share().high > 0);
}

TEST_CASE("intervals do not depend on the number of threads") {
  const std::string one = RenderJson(Compare(1.0, 0.9, 1)).dump();
  CHECK(RenderJson(Compare(1.0, 0.9, 2)).dump() == one);
  CHECK(RenderJson(Compare(1.0, 0.9, 7)).dump() == one);
}

TEST_CASE("the interval of a mean has the width that theory gives it") {
  // MSE of unit noise over n rows: standard deviation sqrt(2 / n); of its
  // root, half of that.
  const Evaluation evaluation = Compare(1.0, 1.0);
  const Estimate& rmse = evaluation.tasks[0].metrics[0].models[0];
  const double width = 2 * 1.96 * 0.5 * std::sqrt(2.0 / 200);
  CHECK(rmse.high - rmse.low == doctest::Approx(width).epsilon(0.25));
}

TEST_CASE("the 95 % interval covers the truth about 95 times in 100") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.draws = 200;
  int covered = 0;
  for (Seed seed = 0; seed < 200; ++seed) {
    const Evaluation evaluation = Evaluate(
        JoinPredictions({{"a", Regression(100, 1.0, 1000 + seed)}}, nullptr),
        options, seed, pool);
    const Estimate& rmse = evaluation.tasks[0].metrics[0].models[0];
    covered += rmse.low <= 1.0 && 1.0 <= rmse.high;
  }
  CHECK(covered >= 178);
  CHECK(covered <= 199);
}

TEST_CASE("evaluating the split that chose the weights is warned of") {
  auto predictions = Regression(20, 1.0, 1);
  predictions.split = "valid";
  predictions.selected_on = "valid";
  ThreadPool pool(1);
  const Evaluation evaluation =
      Evaluate(JoinPredictions({{"a", predictions}}, nullptr), {}, 1, pool);
  REQUIRE(evaluation.warnings.size() == 1);
  CHECK(evaluation.warnings[0].find("chosen on the split 'valid'") !=
        std::string::npos);
}

TEST_CASE("rows that a model was trained on are counted and warned of") {
  auto predictions = Regression(20, 1.0, 1);
  predictions.seen.assign(20, 0);
  for (std::size_t row = 0; row < 20; ++row) {
    if (row < 15) predictions.seen[row] = kTrainedOn;
    if (row >= 18) predictions.seen[row] = kChosenOn;
  }
  ThreadPool pool(1);
  const Evaluation evaluation =
      Evaluate(JoinPredictions({{"a", predictions}}, nullptr), {}, 1, pool);
  CHECK(evaluation.seen.at(0).trained == 15);
  CHECK(evaluation.seen.at(0).chosen == 2);
  REQUIRE(evaluation.warnings.size() == 2);
  CHECK(evaluation.warnings[0].find("15 of 20 rows were trained on") !=
        std::string::npos);
  CHECK(evaluation.warnings[1].find("chosen on 2 of 20 rows") !=
        std::string::npos);
}

TEST_CASE("pooled files count what each has seen") {
  auto first = Regression(20, 1.0, 1);
  first.seen.assign(20, 0);
  auto second = Regression(10, 1.0, 2);
  for (auto& id : std::get<std::vector<std::int64_t>>(second.ids)) id += 100;
  second.seen.assign(10, kTrainedOn);
  const auto joined =
      JoinPredictions(PoolByName({{"a", first}, {"a", second}}), nullptr);
  CHECK(joined.seen.at(0).trained == 10);
}

TEST_CASE("a baseline that was not given is a usage error") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "c";
  CHECK_THROWS_AS(
      Evaluate(JoinPredictions({{"a", Regression(20, 1.0, 1)}}, nullptr),
               options, 1, pool),
      Error);
}

TEST_CASE("the best constant for absolute errors is the median") {
  auto predictions = Regression(4, 0.0, 1);
  predictions.tasks[0].y = {0, 0, 0, 4};
  predictions.tasks[0].constants = {1.0, 0.0};  // mean, median
  ThreadPool pool(1);
  EvaluationOptions options;
  options.metrics = {"rmse", "mae"};
  const Evaluation evaluation = Evaluate(
      JoinPredictions({{"a", predictions}}, nullptr), options, 1, pool);
  CHECK(evaluation.tasks[0].metrics[0].constant ==
        doctest::Approx(std::sqrt(3.0)));
  CHECK(evaluation.tasks[0].metrics[1].constant == doctest::Approx(1.0));
}

}  // namespace
}  // namespace mtlkit
