// Rows a label of a multi-label task, and means over tasks without a baseline.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "eval/evaluation.h"
#include "eval/report.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

// Four rows and two labels: of `rain` one is wrong, of `wind` three of the
// three that are known. Beside them two numbers.
Predictions WeatherOf(double miss) {
  Predictions predictions;
  predictions.ids = std::vector<std::int64_t>{1, 2, 3, 4};
  TaskPredictions signs;
  signs.task.name = "signs";
  signs.task.type = TaskType::kMultilabel;
  signs.task.classes = {"rain", "wind"};
  signs.y = {1, 0, 0, 1, 1, NAN, 0, 1};
  signs.prob = {0.9F, 0.8F, 0.2F, 0.1F, 0.7F, 0.6F, 0.9F, 0.3F};
  signs.constants = {0.5, 0.75};
  predictions.tasks.push_back(signs);
  for (const char* name : {"warmth", "height"}) {
    TaskPredictions number;
    number.task.name = name;
    number.y = {1, 2, 3, 4};
    const auto off = static_cast<float>(miss);
    number.pred = {1 + off, 2 - off, 3 + off, 4 - off};
    number.constants = {2.5, 2.5};
    predictions.tasks.push_back(number);
  }
  return predictions;
}

Evaluation EvaluateWeather(const EvaluationOptions& options,
                           std::size_t tasks = 3) {
  ThreadPool pool(1);
  Predictions a = WeatherOf(0.5);
  Predictions b = WeatherOf(0.25);
  a.tasks.resize(tasks);
  b.tasks.resize(tasks);
  return Evaluate(JoinedModels(Held({{"a", a}, {"b", b}})), options, 1, pool);
}

TEST_CASE("measures that compare labels have no row of one label") {
  EvaluationOptions options;
  options.draws = 0;
  options.per_label = true;
  options.metrics = {"all"};
  const Evaluation evaluation = EvaluateWeather(options, 1);
  const auto has = [&](std::size_t task, std::string_view name) {
    const auto& metrics = evaluation.tasks[task].metrics;
    return std::any_of(metrics.begin(), metrics.end(), [&](const auto& result) {
      return result.metric->name == name;
    });
  };
  for (const char* name :
       {"ranking-loss", "coverage", "one-error", "ranking-precision"}) {
    CHECK(has(0, name));
    CHECK_FALSE(has(1, name));
  }
  for (const char* name : {"hamming-loss", "subset-accuracy", "roc-auc"}) {
    CHECK(has(1, name));
  }
}

TEST_CASE("each label is a row behind its task, with the task's metrics") {
  EvaluationOptions options;
  options.draws = 0;
  options.per_label = true;
  const Evaluation evaluation = EvaluateWeather(options);
  REQUIRE(evaluation.tasks.size() == 5);
  CHECK(evaluation.task_count() == 3);
  const auto value = [&](std::size_t task) {
    return evaluation.tasks[task].metrics[0].models[0].value;
  };
  CHECK(evaluation.tasks[0].metrics[0].metric->name == "hamming-loss");
  CHECK(evaluation.tasks[1].task.name == "signs.rain");
  CHECK(evaluation.tasks[2].task.name == "signs.wind");
  CHECK(evaluation.tasks[2].is_part);
  CHECK_FALSE(evaluation.tasks[3].is_part);
  CHECK(value(1) == doctest::Approx(0.25));
  CHECK(value(2) == doctest::Approx(1));
  CHECK(evaluation.tasks[1].labelled == 4);
  CHECK(evaluation.tasks[2].labelled == 3);
  // The constant says that there is wind; one of three has none.
  CHECK(evaluation.tasks[2].metrics[0].constant == doctest::Approx(1.0 / 3));
}

TEST_CASE("labels have no part in a gain over tasks") {
  EvaluationOptions options;
  options.against = "a";
  options.draws = 50;
  const Evaluation whole = EvaluateWeather(options);
  options.per_label = true;
  const Evaluation labels = EvaluateWeather(options);
  CHECK(labels.gains[1].log_ratio.value == whole.gains[1].log_ratio.value);
  CHECK(labels.gains[1].tasks == 3);
  CHECK(labels.gains[1].wins + labels.gains[1].ties + labels.gains[1].losses ==
        whole.gains[1].wins + whole.gains[1].ties + whole.gains[1].losses);
}

TEST_CASE("without a baseline the mean over tasks is relative to constants") {
  EvaluationOptions options;
  options.draws = 50;
  const Evaluation evaluation = EvaluateWeather(options);
  REQUIRE(evaluation.over_constants.size() == 2);
  // Constants: RMSE of 2.5 is sqrt(1.25). A mean label of exactly 1/2 says no
  // rain, which 2 of 4 have; that there is wind is wrong of 1 of 3 (a mean over
  // the cells is 3 of 7). The model misses .5, and 1 + 3 of 7 cells.
  const MetricResult& signs = evaluation.tasks[0].metrics[0];
  const double hamming = signs.models[0].value / signs.constant;
  const double rmse = 0.5 / std::sqrt(1.25);
  // Squares of RMSEs are averaged; both are alike.
  const double mean = (hamming + 2 * rmse) / 3;
  CHECK(evaluation.over_constants[0].log_ratio.value ==
        doctest::Approx(std::log(mean)));
  CHECK(evaluation.over_constants[0].tasks == 3);
  CHECK(evaluation.gains.empty());
  const std::string text = RenderText(evaluation);
  CHECK(text.find("gain over constants") != std::string::npos);
  // Of one task it would say nothing new.
  CHECK(RenderText(EvaluateWeather(options, 1)).find("gain over") ==
        std::string::npos);
}

TEST_CASE("a row a label of no such task is refused") {
  EvaluationOptions options;
  options.per_label = true;
  ThreadPool pool(1);
  Predictions numbers = WeatherOf(1);
  numbers.tasks.erase(numbers.tasks.begin());
  CHECK_THROWS_WITH_AS(
      Evaluate(JoinedModels(Held({{"a", numbers}})), options, 1, pool),
      doctest::Contains("--per-label has no effect"), Error);
}

}  // namespace
}  // namespace mtlkit
