// Which numbers have an interval, and what is said where one has none.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "eval/evaluation.h"
#include "eval/report.h"
#include "eval/sample.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

TaskPredictions NumberTask(const std::string& name, std::vector<float> y,
                           std::vector<float> said) {
  TaskPredictions task;
  task.task.name = name;
  task.y = std::move(y);
  task.pred = std::move(said);
  task.constants = {0.0, 0.0};
  return task;
}

// `few` has one label, `more` has four.
Predictions TinyTasks(float error) {
  Predictions predictions;
  predictions.ids = std::vector<std::int64_t>{1, 2, 3, 4};
  predictions.tasks = {
      NumberTask("few", {1, NAN, NAN, NAN}, {1 + error, 0, 0, 0}),
      NumberTask("more", {1, 2, 3, 4},
                 {1 + error, 2, 3 - 2 * error, 4 + error})};
  return predictions;
}

Evaluation OfTiny(EvaluationOptions options = {}) {
  ThreadPool pool(1);
  return Evaluate(
      JoinedModels(Held({{"a", TinyTasks(1)}, {"b", TinyTasks(2)}})), options,
      1, pool);
}

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a number of one row has no interval, and text and JSON say so") {
  const Evaluation evaluation = OfTiny();
  const std::string text = RenderText(evaluation);
  CHECK(Says(text, "no interval: few of a, few of b (1 row)\n"));
  const Json tasks = RenderJson(evaluation).at("tasks");
  const auto model = [&](std::size_t task) {
    return tasks[task].at("metrics")[0].at("models").at("a");
  };
  CHECK(model(0).at("low").is_null());
  CHECK(model(0).at("no_interval") == "1 row");
  CHECK(!model(1).at("low").is_null());
  CHECK(!model(1).contains("no_interval"));
}

TEST_CASE("of compared models the differences without an interval are named") {
  EvaluationOptions options;
  options.against = "a";
  const Evaluation evaluation = OfTiny(options);
  CHECK(Says(RenderText(evaluation), "no interval: few of b (1 row)\n"));
  CHECK(RenderJson(evaluation)
            .at("tasks")[0]
            .at("metrics")[0]
            .at("models")
            .at("b")
            .at("difference")
            .at("no_interval") == "1 row");
}

TEST_CASE("without draws nothing is said of intervals") {
  EvaluationOptions options;
  options.draws = 0;
  const Evaluation evaluation = OfTiny(options);
  CHECK(!Says(RenderText(evaluation), "no interval"));
  CHECK(!Says(RenderJson(evaluation).dump(), "no_interval"));
}

TEST_CASE("an endless gain has an endless interval, not one of width 0") {
  const std::vector<double> endless(100, kEndless);
  const Estimate estimate = StudentInterval(kEndless, endless, {0.95, 9, 9});
  CHECK(estimate.low == -kEndless);
  CHECK(estimate.high == kEndless);
  CHECK(estimate.why == NoInterval::kInfinite);
  std::vector<double> mixed(100, 1.0);
  for (std::size_t i = 0; i < 30; ++i) mixed[i] = kEndless;
  CHECK(StudentInterval(1, mixed, {0.95, 9, 9}).why == NoInterval::kInfinite);
}

TEST_CASE("a gain has the freedom of the rows that are labelled") {
  // Four labels among 1,000 rows vary as four rows do.
  Predictions a;
  std::vector<std::int64_t> ids(1000);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<std::int64_t>(i);
  }
  a.ids = ids;
  std::vector<float> y(1000, NAN);
  for (std::size_t i = 0; i < 4; ++i) y[i] = static_cast<float>(i);
  a.tasks = {NumberTask("t", y, std::vector<float>(1000, 0.5F))};
  Predictions b = a;
  b.tasks[0].pred.assign(1000, 1);
  ThreadPool pool(1);
  EvaluationOptions options;
  options.against = "a";
  const Gain gain =
      Evaluate(JoinedModels(Held({{"a", a}, {"b", b}})), options, 1, pool)
          .gains[1];
  // t of 3 degrees of freedom times sqrt(4 / 3), against 1.96 of many.
  const double half = gain.log_ratio.high - gain.log_ratio.value;
  EvaluationOptions level = options;
  level.level = 0.6826895;
  const Gain one =
      Evaluate(JoinedModels(Held({{"a", a}, {"b", b}})), level, 1, pool)
          .gains[1];
  const double error = one.log_ratio.high - one.log_ratio.value;
  CHECK(half / error == doctest::Approx(3.182446 / 1.196935).epsilon(1e-2));
}

TEST_CASE("a bound far below 0 is shown as that") {
  EvaluationOptions options;
  options.against = "a";
  Evaluation evaluation = OfTiny(options);
  evaluation.gains[1].log_ratio = {0.1, -3, 40};
  CHECK(Says(RenderText(evaluation), "-10.5 % [<-999, +95.0]"));
  evaluation.gains[1].log_ratio = {kEndless, NAN, NAN, NoInterval::kInfinite};
  const std::string text = RenderText(evaluation);
  CHECK(Says(text, "<-999 %"));
  CHECK(Says(text,
             "no interval: the gain of b (a model makes no error in "
             "many draws of 4 rows)"));
}

TEST_CASE("draws too few for the level are refused with the number it takes") {
  EvaluationOptions options;
  options.draws = 40;
  CHECK_THROWS_WITH_AS(OfTiny(options), doctest::Contains("--draws 41 or more"),
                       Error);
  options.draws = 41;
  CHECK_NOTHROW(OfTiny(options));
  options.level = 0.999999999;
  CHECK_THROWS_WITH_AS(OfTiny(options), doctest::Contains("a lower level"),
                       Error);
  options = {};
  options.draws = 0;
  options.level = 0.9;
  CHECK_THROWS_WITH_AS(OfTiny(options),
                       doctest::Contains("no intervals with --draws 0"), Error);
}

TEST_CASE("a metric that is named twice is refused; all holds each once") {
  EvaluationOptions options;
  options.metrics = {"rmse", "rmse"};
  CHECK_THROWS_WITH_AS(OfTiny(options),
                       doctest::Contains("'rmse' is named twice"), Error);
  options.metrics = {"mae", "all"};
  const auto metrics = OfTiny(options).tasks[0].metrics;
  CHECK(metrics.front().metric->name == "mae");
  Index count = 0;
  for (const MetricResult& result : metrics) {
    count += result.metric->name == "mae";
  }
  CHECK(count == 1);
}

TEST_CASE("numbers of any scale have digits, and few of them") {
  CHECK(TableNumber(1.25e-30, false, 2e-30) == "1.250e-30");
  CHECK(TableNumber(-1.25e-32, true, 2e-30) == "-1.250e-32");
  CHECK(TableNumber(0, false, 2e-30) == ".000");
  CHECK(TableNumber(0.5, false, 2e-30) == ".500");
  CHECK(TableNumber(1.25e30) == "1.250e+30");
  CHECK(TableNumber(-2e7, true) == "-2.000e+07");
  CHECK(TableNumber(1234567) == "1234567");
  CHECK(TableNumber(0.0000123, false, 2e-5) == ".0000123");
}

TEST_CASE("errors that are small show without a constant") {
  Evaluation evaluation = OfTiny();
  MetricResult& result = evaluation.tasks[0].metrics[0];
  result.constant = NAN;
  result.models = {{1.25e-30, 1e-30, 2e-30}, {1e-30, 1e-30, 1e-30}};
  CHECK(Says(RenderText(evaluation), "1.250e-30 [1.000e-30, 2.000e-30]"));
}

}  // namespace
}  // namespace mtlkit
