#include "eval/evaluation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/options.h"
#include "data/seen_rows.h"
#include "eval/bootstrap.h"
#include "eval/pool.h"
#include "eval/report.h"
#include "eval/sample.h"
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
  return Evaluate(JoinedModels(Held({{"a", Regression(200, first, 1)},
                                     {"b", Regression(200, second, 2)}})),
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
    const Evaluation evaluation =
        Evaluate(JoinedModels(Held({{"a", Regression(100, 1.0, 1000 + seed)}})),
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
      Evaluate(JoinedModels(Held({{"a", predictions}})), {}, 1, pool);
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
      Evaluate(JoinedModels(Held({{"a", predictions}})), {}, 1, pool);
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
  for (auto& id : std::get<NumberIds>(second.ids).Own()) id += 100;
  second.seen.assign(10, kTrainedOn);
  const JoinedModels joined(PoolByName(Held({{"a", first}, {"a", second}})));
  CHECK(joined.head().seen.at(0).trained == 10);
}

TEST_CASE("weights of rows count unless they are switched off") {
  auto predictions = Regression(4, 0.0, 1);
  predictions.tasks[0].y = {0, 0, 0, 0};
  predictions.tasks[0].pred = {1, 1, 3, 3};
  predictions.tasks[0].weight = {1, 1, 0, 0};
  ThreadPool pool(1);
  EvaluationOptions options;
  options.draws = 0;
  const Evaluation weighted =
      Evaluate(JoinedModels(Held({{"a", predictions}})), options, 1, pool);
  CHECK(weighted.tasks[0].metrics[0].models[0].value == doctest::Approx(1));
  CHECK(weighted.tasks[0].weighted);
  CHECK(weighted.tasks[0].weightless == 2);
  options.no_weights = true;
  const Evaluation plain =
      Evaluate(JoinedModels(Held({{"a", predictions}})), options, 1, pool);
  CHECK(plain.tasks[0].metrics[0].models[0].value ==
        doctest::Approx(std::sqrt(5.0)));
  CHECK(!plain.tasks[0].weighted);
}

TEST_CASE("many rows are drawn in blocks, to the same intervals") {
  // Root of a mean square over n rows: deviation 1 / sqrt(2 n).
  const Index rows = 40000;
  ThreadPool one(1);
  ThreadPool two(2);
  EvaluationOptions options;
  options.draws = 400;
  const Predictions predictions = Regression(rows, 1.0, 3);
  const Evaluation evaluation =
      Evaluate(JoinedModels(Held({{"a", predictions}})), options, 7, one);
  CHECK(evaluation.blocks == DrawnUnits::kBlocks);
  const Estimate& rmse = evaluation.tasks[0].metrics[0].models[0];
  const double width = 2 * 1.96 / std::sqrt(2.0 * static_cast<double>(rows));
  CHECK(rmse.high - rmse.low == doctest::Approx(width).epsilon(0.15));
  CHECK(rmse.low < 1);
  CHECK(rmse.high > 1);
  CHECK(RenderJson(
            Evaluate(JoinedModels(Held({{"a", predictions}})), options, 7, two))
            .dump() == RenderJson(evaluation).dump());
}

TEST_CASE("a baseline that is none of the rows names those there are") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "c";
  CHECK_THROWS_WITH_AS(
      Evaluate(JoinedModels(Held({{"a", Regression(20, 1.0, 1)},
                                  {"b", Regression(20, 1.0, 2)}})),
               options, 1, pool),
      doctest::Contains("'c' is none of the given rows: a, b"), Error);
}

TEST_CASE("a baseline alone has nothing to be compared with") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "a";
  CHECK_THROWS_WITH_AS(
      Evaluate(JoinedModels(Held({{"a", Regression(20, 1.0, 1)}})), options, 1,
               pool),
      doctest::Contains("--against 'a': there is no other model"), Error);
}

TEST_CASE("a baseline without a task of a model is refused") {
  auto two = Regression(20, 1.0, 2);
  two.tasks.push_back(two.tasks[0]);
  two.tasks[1].task.name = "size";
  auto three = two;
  three.tasks.erase(three.tasks.begin());
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "a";
  CHECK_THROWS_WITH_AS(
      Evaluate(JoinedModels(Held(
                   {{"a", Regression(20, 1.0, 1)}, {"b", two}, {"c", three}})),
               options, 1, pool),
      doctest::Contains("'c' has no task in common with the baseline 'a': "
                        "size"),
      Error);
}

TEST_CASE("a baseline that was not given is a usage error") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "c";
  CHECK_THROWS_AS(Evaluate(JoinedModels(Held({{"a", Regression(20, 1.0, 1)}})),
                           options, 1, pool),
                  Error);
}

TEST_CASE("a metric that no task has is a usage error") {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.metrics = {"rmse", "pinball"};
  CHECK_THROWS_WITH(
      Evaluate(JoinedModels(Held({{"a", Regression(20, 1.0, 1)}})), options, 1,
               pool),
      doctest::Contains("--metrics pinball: no task has this metric"));
}

TEST_CASE("the best constant for absolute errors is the median") {
  auto predictions = Regression(4, 0.0, 1);
  predictions.tasks[0].y = {0, 0, 0, 4};
  predictions.tasks[0].constants = {1.0, 0.0};  // mean, median
  ThreadPool pool(1);
  EvaluationOptions options;
  options.metrics = {"rmse", "mae"};
  const Evaluation evaluation =
      Evaluate(JoinedModels(Held({{"a", predictions}})), options, 1, pool);
  CHECK(evaluation.tasks[0].metrics[0].constant ==
        doctest::Approx(std::sqrt(3.0)));
  CHECK(evaluation.tasks[0].metrics[1].constant == doctest::Approx(1.0));
}

}  // namespace
}  // namespace mtlkit
