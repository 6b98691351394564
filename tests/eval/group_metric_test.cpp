// Metrics of groups of rows, of censored times and of deviances, by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "data/head.h"
#include "eval/evaluation.h"
#include "eval/metric.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

double ValueOf(const char* name, const MetricRows& rows) {
  const std::vector<double> ones(At(rows.rows), 1.0);
  return FindMetric(name).prepare(rows)->Value(ones);
}

MetricRows Ranked(std::vector<double> y, std::vector<double> scores,
                  std::vector<std::int64_t> groups) {
  MetricRows rows;
  rows.type = ParseTaskType("ranking");
  rows.rows = std::ssize(y);
  rows.y = std::move(y);
  rows.output = std::move(scores);
  rows.groups = std::move(groups);
  return rows;
}

// Ranks 1, 2 and 3 have discounts 1, 1 / log2(3) and 1 / 2.
TEST_CASE("gains of a group are a part of those of the best order") {
  const double second = 1 / std::log2(3.0);
  const MetricRows one = Ranked({3, 0, 2}, {5, 4, 1}, {8, 8, 8});
  CHECK(ValueOf("ndcg", one) ==
        doctest::Approx((7 + 3 * 0.5) / (7 + 3 * second)));
  // Rows of two groups may come in any order; one without a relevant row says
  // nothing.
  const MetricRows mixed =
      Ranked({0, 3, 1, 0, 0, 2}, {4, 5, 1, 9, 2, 1}, {8, 8, 9, 9, 7, 8});
  CHECK(ValueOf("ndcg@10", mixed) ==
        doctest::Approx(((7 + 3 * 0.5) / (7 + 3 * second) + second) / 2));
  // Of a tie each order counts alike.
  const MetricRows tied = Ranked({1, 0}, {3, 3}, {1, 1});
  CHECK(ValueOf("ndcg", tied) == doctest::Approx((1 + second) / 2));
}

TEST_CASE("no row behind the first few counts") {
  MetricRows rows =
      Ranked({0, 0, 0, 0, 0, 1}, {6, 5, 4, 3, 2, 1}, {1, 1, 1, 1, 1, 1});
  CHECK(ValueOf("ndcg@5", rows) == 0);
  CHECK(ValueOf("ndcg@10", rows) == doctest::Approx(1 / std::log2(7.0)));
}

TEST_CASE("precision is that at each relevant row, and pairs are counted") {
  const MetricRows rows =
      Ranked({1, 0, 2, 0, 1}, {5, 4, 3, 2, 1}, {3, 3, 3, 3, 3});
  CHECK(ValueOf("map", rows) == doctest::Approx((1.0 + 2.0 / 3 + 3.0 / 5) / 3));
  // Pairs with other labels: (1,0) (1,2) (1,0) (0,2) (0,1) (2,0) (2,1) (0,1).
  CHECK(ValueOf("pair-accuracy", rows) == doctest::Approx(4.0 / 8));
}

MetricRows Censored(std::vector<double> labels, std::vector<double> risks) {
  MetricRows rows;
  rows.type = ParseTaskType("survival");
  rows.rows = std::ssize(risks);
  rows.target_cols = 2;
  rows.y = std::move(labels);
  rows.output = std::move(risks);
  return rows;
}

TEST_CASE("concordance of censored times counts what is known") {
  // Of time 1 with its event all are known to be later, the one that was seen
  // until then among them; of that censored at 2 nothing is known.
  const MetricRows rows =
      Censored({1, 1, 1, 0, 2, 0, 3, 1, 4, 0}, {3, 2, 5, 1, 1});
  // (1; 1) (1; 2) (1; 3) (1; 4) and (3; 4): the second is wrong, the last a
  // tie.
  CHECK(ValueOf("concordance", rows) == doctest::Approx(3.5 / 5));
  CHECK(ValueOf("concordance", Censored({1, 1, 2, 1, 3, 0}, {0, 0, 0})) == 0.5);
  CHECK(std::isnan(ValueOf("concordance", Censored({1, 0, 2, 0}, {0, 1}))));
}

MetricRows Amounts(std::vector<double> y, std::vector<double> said) {
  MetricRows rows;
  rows.type = ParseForm("positive");
  rows.rows = std::ssize(y);
  rows.y = std::move(y);
  rows.output = std::move(said);
  return rows;
}

TEST_CASE("deviances are those of their distributions") {
  const MetricRows rows = Amounts({1, 4}, {2, 2});
  CHECK(ValueOf("poisson-deviance", rows) ==
        doctest::Approx(
            (2 * (1 - std::log(2.0)) + 2 * (-2 + 4 * std::log(2.0))) / 2));
  CHECK(ValueOf("gamma-deviance", rows) ==
        doctest::Approx((2 * (std::log(2.0) - 0.5) + 2 * (1 - std::log(2.0))) /
                        2));
  const double root = std::sqrt(2.0);
  CHECK(
      ValueOf("tweedie-deviance", rows) ==
      doctest::Approx(4 * ((1 - root) * (1 - root) + (2 - root) * (2 - root)) /
                      root / 2));
  // A label of 0 is none of gamma's.
  CHECK(ValueOf("gamma-deviance", Amounts({0, 4}, {2, 4})) == 0);
}

TEST_CASE("the share of a deviance is 0 for the mean and 1 for the truth") {
  for (const char* name : {"poisson-d2", "gamma-d2", "tweedie-d2"}) {
    CAPTURE(std::string(name));
    CHECK(ValueOf(name, Amounts({1, 4, 7}, {4, 4, 4})) ==
          doctest::Approx(0).scale(1));
    CHECK(ValueOf(name, Amounts({1, 4, 7}, {1, 4, 7})) == doctest::Approx(1));
    CHECK(std::isnan(ValueOf(name, Amounts({3, 3}, {3, 4}))));
    // By the deviances, of which it is the ratio.
    const std::string deviance =
        std::string(name).substr(0, std::string(name).find('-')) + "-deviance";
    const double said =
        ValueOf(deviance.c_str(), Amounts({1, 4, 7}, {2, 3, 9}));
    const double mean =
        ValueOf(deviance.c_str(), Amounts({1, 4, 7}, {4, 4, 4}));
    CHECK(ValueOf(name, Amounts({1, 4, 7}, {2, 3, 9})) ==
          doctest::Approx(1 - said / mean));
  }
}

// Rows in pairs that say the same: as many groups, each counting once.
Predictions Pairs(Index groups, bool with_groups) {
  const Rng rng(4, RandomPurpose::kTest);
  Predictions predictions;
  std::vector<std::int64_t> ids;
  TaskPredictions task;
  task.task.name = "price";
  for (Index row = 0; row < 2 * groups; ++row) {
    ids.push_back(row);
    const Index group = row % groups;
    if (with_groups) predictions.groups.push_back(1000 - group);
    task.y.push_back(static_cast<float>(rng.Normal(group, 0)));
    task.pred.push_back(0);
  }
  predictions.ids = std::move(ids);
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

double HalfWidth(bool with_groups) {
  ThreadPool pool(1);
  EvaluationOptions options;
  options.metrics = {"mae"};
  options.draws = 2000;
  const Evaluation evaluation = Evaluate(
      JoinedModels(Held({{"a", Pairs(200, with_groups)}})), options, 5, pool);
  CHECK(evaluation.groups == (with_groups ? 200 : 0));
  const Estimate& mae = evaluation.tasks[0].metrics[0].models[0];
  return mae.high - mae.low;
}

TEST_CASE("rows of a group are drawn together") {
  CHECK(HalfWidth(true) / HalfWidth(false) ==
        doctest::Approx(std::sqrt(2.0)).epsilon(0.1));
}

TEST_CASE("a metric of groups without groups is refused") {
  Predictions predictions = Pairs(3, false);
  predictions.tasks[0].task.type = ParseTaskType("ranking");
  for (float& y : predictions.tasks[0].y) y = std::abs(y);
  ThreadPool pool(1);
  try {
    Evaluate(JoinedModels(Held({{"a", predictions}})), {}, 5, pool);
    FAIL("it was measured");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    CHECK(error.message() ==
          "task 'price' is measured within groups of rows, and there are none");
  }
}

TEST_CASE("two files that disagree about a group are refused") {
  Predictions other = Pairs(3, true);
  other.groups[2] = 5;
  try {
    JoinedModels(Held({{"a", Pairs(3, true)}, {"b", std::move(other)}}));
    FAIL("they were joined");
  } catch (const Error& error) {
    CHECK(error.message() == "b: row '2' is of group 5, and of 998 elsewhere");
  }
}

}  // namespace
}  // namespace mtlkit
