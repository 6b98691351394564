// What is fitted to validation rows: temperatures, thresholds, sets.
#include "eval/adjust.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/seen_rows.h"
#include "eval/evaluation.h"
#include "eval/fit_adjustment.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

template <class Work>
std::string AdjustFailure(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

Task TaskOf(TaskType type, std::vector<std::string> classes) {
  Task task;
  task.name = "t";
  task.type = type;
  task.classes = std::move(classes);
  return task;
}

// Probabilities that are as sharp as the truth to the power of `sharp`.
TEST_CASE("the temperature undoes a power of the probabilities") {
  const Task binary = TaskOf(TaskType::kBinary, {"n", "p"});
  const Task three = TaskOf(TaskType::kMulticlass, {"a", "b", "c"});
  for (const double sharp : {0.5, 1.0, 3.0}) {
    FittedRows two{&binary, {}, {}, {}};
    FittedRows many{&three, {}, {}, {}};
    for (const double p : {0.1, 0.3, 0.45, 0.8}) {
      const double set = std::pow(p, sharp);
      const double unset = std::pow(1 - p, sharp);
      for (const float y : {0.0F, 1.0F}) {
        two.y.push_back(y);
        two.output.push_back(static_cast<float>(set / (set + unset)));
        two.weights.push_back(y > 0 ? p : 1 - p);
      }
      const double parts[] = {p, 0.6 * (1 - p), 0.4 * (1 - p)};
      double sum = 0;
      for (const double part : parts) sum += std::pow(part, sharp);
      for (int y = 0; y < 3; ++y) {
        many.y.push_back(static_cast<float>(y));
        for (const double part : parts) {
          many.output.push_back(
              static_cast<float>(std::pow(part, sharp) / sum));
        }
        many.weights.push_back(parts[y]);
      }
    }
    CHECK(FitTemperature(two) == doctest::Approx(sharp).epsilon(1e-4));
    CHECK(FitTemperature(many) == doctest::Approx(sharp).epsilon(1e-4));
    std::vector<float> row = {many.output[0], many.output[1], many.output[2]};
    Temper(three, sharp, row);
    CHECK(row[0] == doctest::Approx(0.1).epsilon(1e-4));
    std::vector<float> one = {two.output[0]};
    Temper(binary, sharp, one);
    CHECK(one[0] == doctest::Approx(0.1).epsilon(1e-4));
  }
  FittedRows hand{&binary, {1, 0}, {0.8F, 0.4F}, {1, 3}};
  CHECK(LogLossAt(hand, 1) ==
        doctest::Approx(-(std::log(0.8) + 3 * std::log(0.6)) / 4));
  // What is always right can be as sure as one likes.
  CHECK(FitTemperature(hand) == doctest::Approx(0.01));
}

TEST_CASE("thresholds are those of the largest F1 or balanced accuracy") {
  const Task task = TaskOf(TaskType::kBinary, {"n", "p"});
  const FittedRows rows{
      &task, {0, 1, 0, 1}, {0.2F, 0.7F, 0.8F, 0.9F}, {1, 1, 1, 1}};
  CHECK(FitThresholds(rows, false)[0] == doctest::Approx(0.45));
  CHECK(FitThresholds(rows, true)[0] == doctest::Approx(0.85));
  const FittedRows one_class{&task, {1, 1}, {0.2F, 0.7F}, {1, 1}};
  CHECK(FitThresholds(one_class, false) == std::vector<double>{0.5});
}

TEST_CASE("conformal bounds cover as they state, whatever the scores are") {
  CHECK(ConformalBound({5, 1, 9, 3, 7, 2, 4, 6, 8}, 0.9) == 9);
  CHECK(ConformalBound({5, 1, 9, 3, 7, 2, 4, 6, 8}, 0.5) == 5);
  CHECK(std::isinf(ConformalBound({1, 2, 3, 4, 5, 6, 7, 8}, 0.9)));
  const Rng rng(3, RandomPurpose::kTest);
  double covered = 0;
  constexpr Index kTrials = 4000;
  for (Index trial = 0; trial < kTrials; ++trial) {
    std::vector<double> scores;
    for (Index i = 0; i < 24; ++i) {
      scores.push_back(std::exp(3 * rng.Normal(trial, i)));
    }
    const double next = std::exp(3 * rng.Normal(trial, 24));
    covered += next <= ConformalBound(scores, 0.8);
  }
  // Exactly .8 in the long run; four deviations.
  CHECK(std::abs(covered / kTrials - 0.8) < 4 * std::sqrt(0.16 / kTrials));
  const Task task = TaskOf(TaskType::kMulticlass, {"a", "b", "c"});
  const std::vector<float> row = {0.6F, 0.3F, 0.1F};
  CHECK(ConformalScore(task, row, 1) == doctest::Approx(0.7));
  CHECK(ConformalSize(task, row, 0.75) == 2);
}

// A binary task, and one of numbers, of `rows` rows from id `first` on.
Predictions Said(Index first, Index rows, const std::string& model = "m") {
  Predictions predictions;
  predictions.model_sha256 = model;
  std::vector<std::int64_t> ids;
  TaskPredictions rain;
  rain.task = TaskOf(TaskType::kBinary, {"n", "p"});
  TaskPredictions number;
  number.task.name = "y";
  const Rng rng(9, RandomPurpose::kTest);
  for (Index row = first; row < first + rows; ++row) {
    ids.push_back(row);
    const double p = 0.4 * rng.Uniform(row, 0);
    rain.prob.push_back(static_cast<float>(p));
    rain.y.push_back(rng.Uniform(row, 1) < 2 * p ? 1.0F : 0.0F);
    number.pred.push_back(0);
    number.y.push_back(static_cast<float>(rng.Normal(row, 2)));
  }
  predictions.ids = ids;
  predictions.tasks = {rain, number};
  return predictions;
}

TEST_CASE("what is fitted to other rows changes what it should and no more") {
  const auto test = Held({{"m", Said(0, 500)}});
  const auto valid = Held({{"m", Said(500, 800)}});
  EvaluationOptions options;
  options.draws = 0;
  options.metrics = {"all"};
  ThreadPool pool(1);
  const auto value = [&](const std::vector<NamedSource>& sources,
                         std::string_view metric) {
    const auto evaluation = Evaluate(JoinedModels(sources), options, 1, pool);
    for (const MetricResult& result : evaluation.tasks[0].metrics) {
      if (result.metric->name == metric) return result.models[0].value;
    }
    return std::nan("");
  };
  std::vector<TaskAdjustment> made;
  AdjustOptions adjust;
  adjust.threshold = "f1";
  const auto decided = Adjust(test, valid, adjust, &made);
  REQUIRE(made.size() == 1);
  CHECK(made[0].rows == 800);
  CHECK(made[0].thresholds[0] < 0.4);
  // No probability is above 1/2.
  CHECK(value(test, "balanced-accuracy") == 0.5);
  CHECK(value(decided, "balanced-accuracy") > 0.6);
  for (const char* same : {"roc-auc", "log-loss", "brier", "ece"}) {
    CHECK(value(decided, same) == value(test, same));
  }

  made.clear();
  adjust = {};
  adjust.calibrate = true;
  adjust.conformal = 0.9;
  const auto calibrated = Adjust(test, valid, adjust, &made);
  REQUIRE(made.size() == 2);
  CHECK(made[0].loss_after < made[0].loss_before);
  CHECK(value(calibrated, "log-loss") < value(test, "log-loss"));
  CHECK(value(calibrated, "roc-auc") ==
        doctest::Approx(value(test, "roc-auc")));
  CHECK(made[1].bound == doctest::Approx(1.645).epsilon(0.1));
  CHECK(std::abs(made[1].covered - 0.9) < 0.05);
  CHECK(made[1].size == doctest::Approx(2 * made[1].bound));
  CHECK(std::isnan(made[1].temperature));
  CHECK(AdjustmentText(made).find("y of m: sets of 0.9 stated coverage") !=
        std::string::npos);
}

TEST_CASE("nothing is fitted to rows that are measured, or of another model") {
  const auto test = Held({{"m", Said(0, 50)}});
  AdjustOptions adjust;
  adjust.calibrate = true;
  const auto fails = [&](Predictions predictions) {
    std::vector<TaskAdjustment> made;
    return AdjustFailure([&] {
      Adjust(test, Held({{"m", std::move(predictions)}}), adjust, &made);
    });
  };
  CHECK(fails(Said(49, 50)).find("row '49' is among those of") !=
        std::string::npos);
  CHECK(fails(Said(50, 50, "n")).find("another model made it") !=
        std::string::npos);
  Predictions learned = Said(50, 50);
  learned.seen.assign(50, 0);
  learned.seen[3] = kTrainedOn;
  CHECK(fails(learned).find("1 of 50 rows were trained on") !=
        std::string::npos);
  learned.seen[3] = kChosenOn;
  CHECK(fails(learned).empty());
  adjust.calibrate = false;
  adjust.conformal = 0.99;
  CHECK(fails(Said(50, 50)).find("are too few") != std::string::npos);
  adjust.conformal = 0;
  adjust.threshold = "best";
  CHECK(fails(Said(50, 50)) ==
        "--threshold best is neither f1, balanced nor a number between 0 and "
        "1");
  std::vector<TaskAdjustment> made;
  adjust.threshold = "f1";
  CHECK(AdjustFailure([&] {
          Adjust(test, {}, adjust, &made);
        }).find("which are missing") != std::string::npos);
  adjust.threshold = "0.3";
  Adjust(test, {}, adjust, &made);
  CHECK(made.at(0).thresholds == std::vector<double>{0.3});
}

TEST_CASE("predictions of other rows are of a name that is measured") {
  const auto test = Held({{"m", Said(0, 50)}});
  AdjustOptions adjust;
  adjust.threshold = "f1";
  const auto fails = [&](const std::vector<NamedSource>& valid) {
    std::vector<TaskAdjustment> made;
    return AdjustFailure([&] { Adjust(test, valid, adjust, &made); });
  };
  CHECK(fails(Held({{"m", Said(50, 50)}})).empty());
  CHECK(fails(Held({{"y", Said(50, 50)}})).find("no 'y' is measured") !=
        std::string::npos);
  CHECK(fails(Held({{"m", Said(50, 50)}, {"y", Said(50, 50)}}))
            .find("no 'y' is measured") != std::string::npos);
}

TEST_CASE("the calibration error is that of bins of a fifteenth") {
  MetricRows two;
  two.type = TaskType::kBinary;
  two.rows = 3;
  two.y = {0, 1, 1};
  two.output = {0.1, 0.1, 0.95};
  const MetricEntry& ece = FindMetric("ece");
  const std::vector<double> ones = {1, 1, 1};
  CHECK(ece.prepare(two)->Value(ones) == doctest::Approx(0.85 / 3));
  MetricRows three;
  three.type = TaskType::kMulticlass;
  three.rows = 2;
  three.output_cols = 3;
  three.y = {0, 1};
  three.output = {0.61, 0.29, 0.1, 0.62, 0.3, 0.08};
  CHECK(ece.prepare(three)->Value(std::vector<double>{1, 1}) ==
        doctest::Approx(std::abs(0.39 - 0.62) / 2));
}

}  // namespace
}  // namespace mtlkit
