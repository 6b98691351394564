// Metrics of classes without work or memory of classes x classes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "data/head.h"
#include "eval/confusion.h"
#include "eval/evaluation.h"
#include "eval/sample.h"
#include "eval/unit_cells.h"

namespace mtlkit {
namespace {

constexpr Index kClasses = 60000;
constexpr Index kKinds = 40;  // of rows

// Truth and prediction of a row: every second one is right.
std::pair<Index, Index> ClassesOf(Index row) {
  const Index truth = row * 1451 % kClasses;
  return {truth, row % 2 == 0 ? truth : (truth + row * row * 7) % kClasses};
}

MetricRows RowsOfManyClasses(std::string_view type) {
  MetricRows rows;
  rows.type = ParseTaskType(type);
  rows.rows = kKinds;
  rows.output_cols = kClasses;
  rows.output.resize(At(kKinds * kClasses));
  for (Index row = 0; row < kKinds; ++row) {
    const auto [truth, said] = ClassesOf(row);
    rows.y.push_back(static_cast<double>(truth));
    rows.output[At(row * kClasses + said)] = 1;
  }
  return rows;
}

// By the definition, over pairs of rows.
double KappaOfPairs() {
  double seen = 0;
  double by_chance = 0;
  for (Index row = 0; row < kKinds; ++row) {
    const auto distance = [&](Index other) {
      const Index between = ClassesOf(row).first - ClassesOf(other).second;
      return static_cast<double>(between * between);
    };
    seen += distance(row);
    for (Index other = 0; other < kKinds; ++other) by_chance += distance(other);
  }
  return 1 - seen * kKinds / by_chance;
}

double MeanDistance() {
  double sum = 0;
  for (Index row = 0; row < kKinds; ++row) {
    const auto [truth, said] = ClassesOf(row);
    sum += static_cast<double>(std::abs(truth - said));
  }
  return sum / kKinds;
}

// The rows 2,500 times, in 500 blocks.
std::unique_ptr<BlockedMetric> ManyRows(const Metric& metric) {
  auto blocks = metric.EmptyBlocks(500);
  const std::vector<double> ones(At(kKinds), 1.0);
  for (int time = 0; time < 2500; ++time) {
    const std::vector<std::uint16_t> block_of_row(
        At(kKinds), static_cast<std::uint16_t>(time % 500));
    metric.AddTo({ones, block_of_row}, blocks.get());
  }
  blocks->Finish();
  return blocks;
}

TEST_CASE("100,000 rows of 60,000 classes are measured exactly") {
  const MetricRows rows = RowsOfManyClasses("ordinal");
  // Wrong rows are of classes of their own, which no other row has or says.
  const std::vector<std::pair<std::string, double>> expected = {
      {"accuracy", 0.5},
      {"balanced-accuracy", 0.5},
      {"micro-f1", 0.5},
      {"macro-f1", 20.0 / (kKinds + 20)},
      {"rank-mae", MeanDistance()},
      {"quadratic-kappa", KappaOfPairs()}};
  const std::vector<double> ones(At(kKinds), 1.0);
  for (const auto& [name, value] : expected) {
    CAPTURE(name);
    const auto metric = FindMetric(name).prepare(rows);
    CHECK(metric->Value(ones) == doctest::Approx(value).epsilon(1e-12));
    const auto many = ManyRows(*metric);
    CHECK(many->Whole() == doctest::Approx(value).epsilon(1e-12));
    CHECK(many->Value(std::vector<double>(500, 2.0)) ==
          doctest::Approx(value).epsilon(1e-12));
    // Twenty kinds of rows take two cells, twenty one, in each block.
    CHECK(many->size() == 500 * 60 + 500 + 3 * At(kClasses + 1));
  }
}

TEST_CASE("cells are the same in a table as in a list") {
  BlockCells table(4, 10);
  BlockCells list(4, Index{1} << 30);
  for (std::int32_t i = 0; i < 3000; ++i) {
    for (BlockCells* cells : {&table, &list}) {
      cells->Add(i % 4, i * 7 % 10, i % 3);
    }
  }
  const auto from_table = table.Take();
  const auto from_list = list.Take();
  REQUIRE(from_table.size() == from_list.size());
  CHECK(from_table.size() == 20);
  for (std::size_t i = 0; i < from_table.size(); ++i) {
    CHECK(from_table[i].unit == from_list[i].unit);
    CHECK(from_table[i].cell == from_list[i].cell);
    CHECK(from_table[i].weight == from_list[i].weight);
  }
}

// Rows of `classes` classes of which the first three occur.
Predictions ThreeOf(Index classes, Index rows) {
  const Rng rng(3, RandomPurpose::kTest);
  Predictions predictions;
  std::vector<std::int64_t> ids;
  TaskPredictions task;
  task.task.name = "kind";
  task.task.type = TaskType::kMulticlass;
  for (Index k = 0; k < classes; ++k) task.task.classes.push_back(Str(k));
  task.prob.resize(At(rows * classes));
  for (Index row = 0; row < rows; ++row) {
    ids.push_back(row);
    const auto draw = [&](Index col) {
      return static_cast<Index>(rng.Uniform(row, col) * 3);
    };
    task.y.push_back(row % 5 == 4 ? NAN : static_cast<float>(draw(0)));
    task.prob[At(row * classes + (row % 3 == 0 ? draw(0) : draw(1)))] = 1;
    task.weight.push_back(static_cast<float>(row % 3));
  }
  predictions.ids = std::move(ids);
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

Evaluation EvaluateOne(Predictions predictions) {
  ThreadPool pool(2);
  EvaluationOptions options;
  options.draws = 100;
  options.metrics = {"accuracy", "macro-f1"};
  return Evaluate(JoinedModels(Held({{"a", std::move(predictions)}})), options,
                  5, pool);
}

// A table of 2,200 x 2,200 probabilities is gone through by pieces.
TEST_CASE("pieces of a wide task give what all of it gives at once") {
  const Evaluation narrow = EvaluateOne(ThreeOf(3, 2200));
  const Evaluation wide = EvaluateOne(ThreeOf(2200, 2200));
  for (std::size_t m = 0; m < 2; ++m) {
    const Estimate& a = narrow.tasks[0].metrics[m].models[0];
    const Estimate& b = wide.tasks[0].metrics[m].models[0];
    CHECK(b.value == a.value);
    CHECK(b.low == doctest::Approx(a.low).epsilon(1e-12));
    CHECK(b.high == doctest::Approx(a.high).epsilon(1e-12));
    CHECK(a.low < a.high);
  }
}

// Ranks of labels by passes over all pairs, as they are defined.
struct RankSums {
  double wrong = 0;
  double precision = 0;
  double depth = 0;
};

RankSums RanksByPairs(const double* truth, const double* score, Index labels) {
  RankSums sums;
  double set = 0;
  double pairs = 0;
  for (Index i = 0; i < labels; ++i) {
    if (truth[i] < 0.5) continue;
    ++set;
    double above = 0;
    double hits = 0;
    for (Index j = 0; j < labels; ++j) {
      const bool is_unset = truth[j] < 0.5;
      pairs += is_unset;
      sums.wrong += is_unset && score[j] >= score[i];
      above += score[j] >= score[i];
      hits += !is_unset && score[j] >= score[i];
    }
    sums.precision += hits / above;
    sums.depth = std::max(sums.depth, above);
  }
  sums.wrong = pairs > 0 ? sums.wrong / pairs : 0;
  sums.precision = set > 0 && pairs > 0 ? sums.precision / set : 1;
  return sums;
}

TEST_CASE("ranks of labels are those of all pairs") {
  const MetricRows rows = RandomRows(TaskType::kMultilabel, 60, 11, true);
  RankSums mean;
  for (Index row = 0; row < rows.rows; ++row) {
    const RankSums sums =
        RanksByPairs(rows.Y().Row(row), rows.Output().Row(row), 3);
    mean.wrong += sums.wrong / 60;
    mean.precision += sums.precision / 60;
    mean.depth += sums.depth / 60;
  }
  const std::vector<double> ones(60, 1.0);
  const auto value = [&](const char* name) {
    return FindMetric(name).prepare(rows)->Value(ones);
  };
  CHECK(value("ranking-loss") == doctest::Approx(mean.wrong).epsilon(1e-12));
  CHECK(value("ranking-precision") ==
        doctest::Approx(mean.precision).epsilon(1e-12));
  CHECK(value("coverage") == doctest::Approx(mean.depth).epsilon(1e-12));
}

}  // namespace
}  // namespace mtlkit
