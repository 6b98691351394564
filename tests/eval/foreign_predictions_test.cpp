#include "eval/foreign_predictions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/reporter.h"

namespace mtlkit {
namespace {

struct Warnings : SilentReporter {
  void Warn(std::string_view text) override { warnings.emplace_back(text); }

  std::vector<std::string> warnings;
};

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

// Five rows with ids 10, 20, ..., of which 30 to 50 are the split 'test'; a
// task of each kind, `cold` with rows of its own.
Dataset Truth() {
  Dataset truth;
  truth.rows = 5;
  truth.ids = std::vector<std::int64_t>{10, 20, 30, 40, 50};
  truth.splits = {{"train", {0, 1}}, {"test", {2, 3, 4}}};
  truth.tasks = {{"sold", TaskType::kBinary, {"no", "yes"}, 1, {}, {}},
                 {"kind", TaskType::kMulticlass, {"a", "b", "c"}, 1, {}, {}},
                 {"price", TaskType::kRegression, {}, 1, {}, {}},
                 {"cold", TaskType::kRegression, {}, 1, {}, {}}};
  truth.labels.resize(4);
  truth.labels[0].values = std::vector<float>{0, 1, 1, kNone, 0};
  truth.labels[1].values = std::vector<float>{0, 1, 2, 1, 0};
  truth.labels[2].values = std::vector<float>{2, 4, 6, 8, 10};
  truth.labels[3].on_all_rows = false;
  truth.labels[3].rows = {1, 3};
  truth.labels[3].values = std::vector<float>{1, 3};
  truth.weights = {1, 1, 2, 3, 4};
  return truth;
}

InputBlock Numbers(std::vector<std::string> names, std::vector<float> values) {
  InputBlock block;
  block.name = "features";
  block.cols = std::ssize(names);
  block.columns = std::move(names);
  block.dense = Array<float>(std::move(values));
  return block;
}

Dataset Table(std::vector<std::int64_t> ids, InputBlock block) {
  Dataset table;
  table.rows = std::ssize(ids);
  table.ids = std::move(ids);
  table.inputs = {std::move(block)};
  return table;
}

Predictions Take(const Dataset& table, std::vector<std::string> tasks,
                 std::string split = "", bool has_ids = true) {
  Warnings reporter;
  return TakeForeignPredictions(
      table, has_ids, Truth(), {std::move(tasks), std::move(split)}, &reporter);
}

std::string FaultOf(const Dataset& table, std::vector<std::string> tasks,
                    std::string split = "", bool has_ids = true) {
  try {
    Take(table, std::move(tasks), std::move(split), has_ids);
  } catch (const Error& error) {
    return error.message();
  }
  return "none";
}

TEST_CASE("rows are found by id, and come in the order of the labels") {
  const Dataset table =
      Table({50, 30, 40}, Numbers({"sold.prob"}, {0.5F, 0.25F, 0.75F}));
  const Predictions taken = Take(table, {}, "test");
  CHECK(taken.ids == RowIds(std::vector<std::int64_t>{30, 40, 50}));
  CHECK(taken.split == "test");
  REQUIRE(taken.tasks.size() == 1);
  const TaskPredictions& task = taken.tasks[0];
  CHECK(task.task.name == "sold");
  CHECK(task.prob == std::vector<float>{0.25F, 0.75F, 0.5F});
  CHECK(task.y[0] == 1);
  CHECK(std::isnan(task.y[1]));
  CHECK(task.weight == std::vector<float>{2, 3, 4});
  // One label of each class in the training rows.
  CHECK(task.constants == std::vector<double>{0.5, 0.5});
}

TEST_CASE("rows without ids are the split's, in its order") {
  const Dataset table =
      Table({0, 1, 2}, Numbers({"price"}, {1.5F, 2.5F, 3.5F}));
  const Predictions taken = Take(table, {}, "test", false);
  CHECK(taken.ids == RowIds(std::vector<std::int64_t>{30, 40, 50}));
  CHECK(taken.tasks[0].pred == std::vector<float>{1.5F, 2.5F, 3.5F});
  CHECK(FaultOf(table, {}, "train", false) ==
        "it has 3 rows without ids, but the split 'train' has 2");
  Dataset wrong = Table({0, 1, 2}, Numbers({"sold.prob"}, {0.5F, 7, 0.5F}));
  CHECK(FaultOf(wrong, {}, "test", false) ==
        "row 2, for '40' of the dataset: column 'sold.prob': 7 is no "
        "probability");
  CHECK(FaultOf(table, {}, "", false) ==
        "it has 3 rows without ids, but the dataset has 5");
}

TEST_CASE("columns can be named, one a class, both of two, or the class") {
  const Dataset table = Table(
      {10, 20}, Numbers({"p", "q", "r"}, {0.25F, 0.75F, 0, 0.5F, 0.5F, 0}));
  CHECK(Take(table, {"sold=p"}).tasks[0].prob ==
        std::vector<float>{0.25F, 0.5F});
  // The second of both is the positive class.
  CHECK(Take(table, {"sold=p,q"}).tasks[0].prob ==
        std::vector<float>{0.75F, 0.5F});
  CHECK(Take(table, {"kind=r,q,p"}).tasks[0].prob ==
        std::vector<float>{0, 0.75F, 0.25F, 0, 0.5F, 0.5F});
  InputBlock names;
  names.name = "categories";
  names.kind = InputKind::kCategorical;
  names.cols = 1;
  names.columns = {"kind"};
  names.categories = {{"c", "a"}};
  names.codes = Array<std::int32_t>(std::vector<std::int32_t>{0, 1});
  const Predictions chosen = Take(Table({10, 20}, names), {});
  CHECK(chosen.tasks[0].prob == std::vector<float>{0, 0, 1, 1, 0, 0});
  names.categories = {{"c", "d"}};
  CHECK(FaultOf(Table({10, 20}, names), {}) ==
        "row '20': column 'kind': 'd' is no class of 'kind'");
}

TEST_CASE("a matrix, and numbers that are names of classes") {
  InputBlock matrix = Numbers({"a", "b", "c"}, {0.25F, 0.25F, 0.5F, 0, 1, 0});
  matrix.name = "kind";
  matrix.columns.clear();
  const std::vector<float> all = {0.25F, 0.25F, 0.5F, 0, 1, 0};
  CHECK(Take(Table({10, 20}, matrix), {}).tasks[0].prob == all);
  CHECK(Take(Table({10, 20}, matrix), {"kind=kind"}).tasks[0].prob == all);
  Dataset truth = Truth();
  truth.tasks[0].classes = {"1", "2"};
  Warnings reporter;
  const auto taken = [&](std::vector<float> values) {
    return TakeForeignPredictions(Table({10, 20}, Numbers({"sold"}, values)),
                                  true, truth, {}, &reporter)
        .tasks[0]
        .prob;
  };
  CHECK(taken({2, 1}) == std::vector<float>{1, 0});
  CHECK(taken({0.25F, 1}) == std::vector<float>{0.25F, 1});
}

TEST_CASE("a task with rows of its own gets those of them that are there") {
  const Dataset table = Table({20, 30, 40}, Numbers({"cold"}, {1.5F, 9, 3.5F}));
  const TaskPredictions task = Take(table, {"cold"}).tasks[0];
  CHECK_FALSE(task.on_all_rows);
  CHECK(task.rows == std::vector<Index>{0, 2});
  CHECK(task.pred == std::vector<float>{1.5F, 3.5F});
  CHECK(task.y == std::vector<float>{1, 3});
}

TEST_CASE("what cannot be a prediction is refused with its row") {
  const auto sold = [](std::vector<std::int64_t> ids,
                       std::vector<float> values) {
    return Table(std::move(ids), Numbers({"sold.prob"}, std::move(values)));
  };
  CHECK(FaultOf(sold({10, 20}, {0.5F, 1.5F}), {}) ==
        "row '20': column 'sold.prob': 1.5 is no probability");
  CHECK(FaultOf(sold({10, 20}, {0.5F, kNone}), {}) ==
        "row '20': column 'sold.prob': it is missing");
  CHECK(FaultOf(sold({10, 11}, {0.5F, 0.5F}), {}) ==
        "row '11' is not in the dataset");
  CHECK(FaultOf(sold({10, 10}, {0.5F, 0.5F}), {}) == "row '10' is there twice");
  CHECK(FaultOf(sold({10, 30}, {0.5F, 0.5F}), {}, "test") ==
        "row '10' is not of the split 'test'");
  CHECK(FaultOf(sold({10}, {0.5F}), {"sale"}) ==
        "--task: there is no task 'sale'");
  CHECK(FaultOf(sold({10}, {0.5F}), {"sold=p"}) ==
        "--task sold: there is no column 'p'");
  CHECK(FaultOf(sold({10}, {0.5F}), {"kind=sold.prob,sold.prob"}) ==
        "--task kind: 2 columns, but the task has 3 predictions a row");
  CHECK(FaultOf(Table({10}, Numbers({"a", "b", "c"}, {0.5F, 0.5F, 0.5F})),
                {"kind=a,b,c"}) ==
        "row '10': the probabilities of 'kind' add up to 1.5");
  CHECK(FaultOf(Table({10}, Numbers({"x"}, {0.5F})), {}) ==
        "no column is called as a prediction of a task is");
}

TEST_CASE("rows of the training split are warned of, and those left out") {
  Warnings reporter;
  const Dataset table = Table({10, 30}, Numbers({"sold.prob"}, {0.5F, 0.5F}));
  TakeForeignPredictions(table, true, Truth(), {}, &reporter);
  REQUIRE(reporter.warnings.size() == 1);
  CHECK(
      reporter.warnings[0].starts_with("1 of 2 rows are of the split 'train'"));
  Warnings of_split;
  TakeForeignPredictions(Table({30}, Numbers({"sold.prob"}, {0.5F})), true,
                         Truth(), {{}, "test"}, &of_split);
  REQUIRE(of_split.warnings.size() == 1);
  CHECK(of_split.warnings[0] ==
        "2 of 3 rows of the split 'test' have no prediction");
}

}  // namespace
}  // namespace mtlkit
