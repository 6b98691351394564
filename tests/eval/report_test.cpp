#include "eval/report.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "eval/table.h"

namespace mtlkit {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

Evaluation TwoModels() {
  Evaluation evaluation;
  evaluation.models = {"single", "shared"};
  evaluation.baseline = 0;
  evaluation.rows = 100;
  evaluation.selected_on = {"valid", "valid"};
  evaluation.has_model = {true, true};
  evaluation.seen = {{0, 0}, {}};
  evaluation.draws = 1000;
  evaluation.level = 0.95;
  evaluation.seeds = {1, 1};
  TaskResult task;
  task.task.name = "income";
  task.task.type = TaskType::kBinary;
  task.labelled = 90;
  task.missing = 10;
  MetricResult result;
  result.metric = &FindMetric("roc-auc");
  result.constant = 0.5;
  result.models = {{0.9, 0.88, 0.92}, {0.91, 0.89, 0.93}};
  result.differences = {{0, 0, 0}, {0.01, 0.002, 0.018}};
  result.verdicts = {Verdict::kTie, Verdict::kWin};
  result.seeds.resize(2);
  task.metrics.push_back(result);
  evaluation.tasks.push_back(task);
  evaluation.gains.resize(2);
  // Errors 10 % smaller, between 2 % and 18 %.
  evaluation.gains[1] = {
      {std::log(0.9), std::log(0.82), std::log(0.98)}, 1, {}, 1, 0, 0};
  return evaluation;
}

std::string CsvOf(const Evaluation& evaluation, bool is_safe = false) {
  CsvCells cells(is_safe);
  return RenderCsv(evaluation, &cells);
}

TEST_CASE("two models and few tasks stand beside each other") {
  CHECK(RenderText(TwoModels()) ==
        "            income                gain over single\n"
        "            ROC AUC (up)          mean over tasks\n"
        "constant    .500                  -\n"
        "single      .900                  -\n"
        "shared      .910                  +10.0 % [+2.0, +18.0]\n"
        "difference  +.010 [+.002, +.018]  wins 1, ties 0, losses 0\n"
        "rows 100    90 labelled           "
        "95 % bootstrap, 1000 draws, paired by row\n"
        "10 labels missing, all tasks together\n"
        "weights chosen on the split 'valid'\n");
}

TEST_CASE("a row of several seeds has their spread below it") {
  Evaluation evaluation = TwoModels();
  evaluation.seeds = {3, 1};
  evaluation.tasks[0].metrics[0].seeds[0] = {0.89, 0.9, 0.91};
  const std::string text = RenderText(evaluation);
  CHECK(text.find("\n  sd of 3 seeds  .0100\n") != std::string::npos);
  CHECK(text.find("means over seeds: single 3; intervals are over rows and "
                  "seeds; of shared there is one seed, whose chance is not in "
                  "them\n") != std::string::npos);
  CHECK(CsvOf(evaluation).find("90,10,0,0,3,0.01") != std::string::npos);
  const Json json = RenderJson(evaluation);
  CHECK(json.at("seeds") == Json::array({3, 1}));
  const Json& models = json.at("tasks")[0].at("metrics")[0].at("models");
  CHECK(models.at("single").at("seeds") == Json::array({0.89, 0.9, 0.91}));
  CHECK(models.at("single").at("seed_deviation") == doctest::Approx(0.01));
  CHECK_FALSE(models.at("shared").contains("seeds"));
}

TEST_CASE("of many differences it is said how many would be chance") {
  Evaluation evaluation = TwoModels();
  evaluation.tasks.resize(19, evaluation.tasks[0]);
  CHECK(RenderText(evaluation).find("by chance") == std::string::npos);
  evaluation.tasks.resize(50, evaluation.tasks[0]);
  for (std::size_t t = 7; t < 50; ++t) {
    evaluation.tasks[t].metrics[0].verdicts[1] = Verdict::kTie;
  }
  CHECK(RenderText(evaluation)
            .find("of 50 differences 7 have an interval without 0; were all "
                  "models alike, about 3 would have one by chance\n") !=
        std::string::npos);
}

TEST_CASE("intervals of few rows are named") {
  Evaluation evaluation = TwoModels();
  evaluation.tasks.resize(8, evaluation.tasks[0]);
  for (std::size_t t = 1; t < 8; ++t) evaluation.tasks[t].labelled = 29;
  CHECK(RenderText(evaluation)
            .find("intervals of fewer than 30 rows are rough, and may be too "
                  "narrow: income, income, income, income, income and 2 "
                  "more\n") != std::string::npos);
  evaluation.draws = 0;
  CHECK(RenderText(evaluation).find("rough") == std::string::npos);
}

TEST_CASE("JSON carries every number, undefined ones as null") {
  Evaluation evaluation = TwoModels();
  evaluation.tasks[0].metrics[0].models[1] = {kNoValue, kNoValue, kNoValue};
  const Json json = RenderJson(evaluation);
  CHECK(json.at("schema") == 1);
  const Json& metric = json.at("tasks")[0].at("metrics")[0];
  CHECK(metric.at("models").at("single").at("value") == 0.9);
  CHECK(metric.at("models").at("shared").at("value").is_null());
  CHECK(json.at("gain").at("shared").at("wins") == 1);
}

TEST_CASE("without intervals nothing is said of wins, and no zero has a sign") {
  Evaluation evaluation = TwoModels();
  evaluation.gains[1] = {{0, 0, 0}, 1, {}, 0, 0, 0};
  evaluation.tasks[0].metrics[0].differences[1] = {-0.0, -0.0, -0.0};
  evaluation.tasks[0].metrics[0].verdicts[1] = Verdict::kUndefined;
  for (std::size_t tasks = 1; tasks < 20; tasks += 18) {
    evaluation.tasks.resize(tasks, evaluation.tasks[0]);
    CHECK(RenderText(evaluation).find("wins") == std::string::npos);
  }
  const Json json = RenderJson(evaluation);
  CHECK(json.at("gain").at("shared").at("wins").is_null());
  CHECK(json.at("gain").at("shared").at("losses").is_null());
  CHECK(json.dump().find("-0.0") == std::string::npos);
  CHECK(CsvOf(evaluation).find(",-0,") == std::string::npos);
}

TEST_CASE("tasks without a part in a gain are named in text and JSON") {
  Evaluation evaluation = TwoModels();
  evaluation.gains[1].left_out = {{"sport", "no label"},
                                  {"rank", "ROC AUC is undefined"},
                                  {"tax", "no label"}};
  for (const char* name : {"sport", "rank", "tax"}) {
    evaluation.tasks.push_back(evaluation.tasks[0]);
    evaluation.tasks.back().task.name = name;
  }
  const std::string expected =
      "gain of shared over 1 of 4 tasks; without sport, tax (no label)\n"
      "gain of shared over 1 of 4 tasks; without rank (ROC AUC is undefined)\n";
  CHECK(RenderText(evaluation).find(expected) != std::string::npos);
  const Json gain = RenderJson(evaluation).at("gain").at("shared");
  CHECK(gain.at("left_out").size() == 3);
  CHECK(gain.at("left_out")[1].at("task") == "rank");
  CHECK(gain.at("log_ratio").at("value") == doctest::Approx(std::log(0.9)));
}

TEST_CASE("CSV has a line a task, metric and model") {
  const std::string csv = CsvOf(TwoModels());
  CHECK(csv.find("income,binary,roc-auc,up,shared,0.91,0.89,0.93,0.5,0.01,"
                 "0.002,0.018,win,90,10,,,1,\n") != std::string::npos);
}

TEST_CASE("names that spreadsheets would run are counted and guarded in CSV") {
  Evaluation evaluation = TwoModels();
  evaluation.tasks[0].task.name = "=1+1,";
  evaluation.models[1] = "@shared";
  CsvCells cells;
  CHECK(RenderCsv(evaluation, &cells)
            .find("\n\"=1+1,\",binary,roc-auc,up,"
                  "@shared,") != std::string::npos);
  CHECK(cells.formulas() == 3);
  CHECK(CsvOf(evaluation, true)
            .find("\n\"'=1+1,\",binary,roc-auc,up,"
                  "'@shared,") != std::string::npos);
}

TEST_CASE("without draws there is no verdict on any difference") {
  Evaluation evaluation = TwoModels();
  evaluation.draws = 0;
  evaluation.gains[1] = {{0, 0, 0}, 1, {}, 0, 0, 0};
  evaluation.tasks[0].metrics[0].verdicts[1] = Verdict::kUndefined;
  evaluation.tasks.resize(20, evaluation.tasks[0]);
  const std::string text = RenderText(evaluation);
  CHECK(text.find(" -\n") != std::string::npos);
  CHECK(text.find("undefined") == std::string::npos);
  CHECK(CsvOf(evaluation).find("0.018,,90,") != std::string::npos);
  const Json json = RenderJson(evaluation);
  CHECK(json.at("tasks")[0].at("metrics")[0].at("models").at("shared").at(
            "verdict") == nullptr);
}

TEST_CASE("every form says which rows made a model") {
  Evaluation evaluation = TwoModels();
  evaluation.seen[1] = {240, 40};
  evaluation.warnings = {"'shared': 240 of 320 rows were trained on"};
  CHECK(RenderText(evaluation)
            .find("warning: 'shared': 240 of 320 rows were trained on\n") !=
        std::string::npos);
  const Json json = RenderJson(evaluation);
  CHECK(json.at("trained_on") == Json::array({0, 240}));
  CHECK(json.at("chosen_on") == Json::array({0, 40}));
  CHECK(json.at("warnings").size() == 1);
  CHECK(CsvOf(evaluation).find("win,90,10,240,40,1,\n") != std::string::npos);
}

TEST_CASE("what chose the weights is said of each model where it differs") {
  Evaluation evaluation = TwoModels();
  evaluation.selected_on = {"", ""};
  CHECK(RenderText(evaluation)
            .ends_with(
                "weights of the last epoch: no split chose among epochs\n"));
  evaluation.has_model[1] = false;
  evaluation.selected_on[0] = "valid";
  CHECK(RenderText(evaluation)
            .ends_with(
                "weights of single chosen on the split 'valid'\n"
                "weights of shared of an unknown epoch: the predictions do not "
                "say which split chose it\n"));
}

TEST_CASE("a name of a model forges no line") {
  Evaluation evaluation = TwoModels();
  evaluation.models[1] = "a\nwarning: b\x1b";
  evaluation.selected_on[1] = "x\ny";
  evaluation.gains[1].left_out = {{"sport", "no label"}};
  evaluation.tasks[0].metrics.push_back(evaluation.tasks[0].metrics[0]);
  CHECK(RenderText(evaluation).find("\nwarning: b") == std::string::npos);
  CHECK(RenderText(evaluation).find("\ny") == std::string::npos);
  CHECK(RenderText(evaluation).find("a warning: b\\x1b") != std::string::npos);
}

TEST_CASE("what a mean leaves out and what weights do is said") {
  Evaluation evaluation = TwoModels();
  TaskResult& task = evaluation.tasks[0];
  task.task.type = TaskType::kMultilabel;
  task.metrics[0].parts = {38, 45};
  task.weighted = true;
  task.weightless = 15;
  evaluation.blocks = 4096;
  const std::string text = RenderText(evaluation);
  CHECK(text.find("income: ROC AUC is the mean over 38 of 45 labels\n") !=
        std::string::npos);
  CHECK(text.find("rows count by their weights (--no-weights: once); of weight "
                  "0: 15 labelled of income\n") != std::string::npos);
  CHECK(text.find("1000 draws of 4096 blocks, paired by row") !=
        std::string::npos);
  const Json json = RenderJson(evaluation).at("tasks")[0];
  CHECK(json.at("metrics")[0].at("mean_over").at("defined") == 38);
  CHECK(json.at("weight_0") == 15);
}

TEST_CASE("numbers are short and keep their sign") {
  CHECK(TableNumber(0.8951) == ".895");
  CHECK(TableNumber(-0.002, true) == "-.002");
  CHECK(TableNumber(12.345) == "12.35");
  CHECK(TableNumber(1.0) == "1.000");
  CHECK(TableNumber(-0.0001) == ".000");
  CHECK(TableNumber(-0.0001, true) == "-.000");
  CHECK(TableNumber(kNoValue) == "-");
}

TEST_CASE("small errors have as many digits as their scale needs") {
  CHECK(TableNumber(0.01234, false, 0.02) == ".0123");
  CHECK(TableNumber(-0.00012, true, 0.0005) == "-.000120");
}

}  // namespace
}  // namespace mtlkit
