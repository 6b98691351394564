// One thing is wrong in each dataset; the message names it.
#include <doctest/doctest.h>

#include <limits>

#include "data/head.h"
#include "data/small_table.h"

namespace mtlkit {
namespace {

std::string Wrong(const std::function<void(Dataset*)>& damage) {
  Dataset people = People();
  damage(&people);
  return MessageOf([&] { CheckDataset(people); });
}

TEST_CASE("a whole dataset passes") {
  CHECK(Wrong([](Dataset*) {}) == "no error");
  CHECK(Wrong([](Dataset* d) {
          d->splits = {{"train", {0, 1, 2}}, {"test", {3, 4}}};
          d->splits["fold0"] = {0, 3};
          d->splits["fold1"] = {1, 2};
          d->weights = {1, 0, 2, 1, 1, 1};
          d->groups = {1, 1, 1, 2, 2, 2};
        }) == "no error");
}

TEST_CASE("ids are as many as rows, and unique") {
  CHECK(Wrong([](Dataset* d) {
          d->ids = std::vector<std::int64_t>{1, 2};
        }) == "there are 2 ids for 6 rows");
  CHECK(Wrong([](Dataset* d) {
          d->ids = std::vector<std::int64_t>{1, 2, 3, 7, 5, 7};
        }) == "id '7' occurs twice");
  CHECK(Wrong([](Dataset* d) {
          d->ids = std::vector<std::string>{"a", "b", "c", "d", "b", "e"};
        }) == "id 'b' occurs twice");
}

TEST_CASE("blocks have the cells, names and categories that they promise") {
  CHECK(Wrong([](Dataset* d) { d->inputs[0].cols = 3; }) ==
        "input block 'numeric' has names for 2 of its 3 columns");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[0].dense = Array<float>(std::vector<float>(11));
        }) == "input block 'numeric' has 11 cells; 6 rows of 2 were expected");
  CHECK(Wrong([](Dataset* d) { d->inputs[0].columns[1] = "age"; }) ==
        "input block 'numeric': column 'age' occurs twice");
  CHECK(Wrong([](Dataset* d) { d->inputs[1].name = "numeric"; }) ==
        "the input block 'numeric' occurs twice");
  CHECK(Wrong([](Dataset* d) { d->inputs[1].categories.pop_back(); }) ==
        "input block 'categorical' has categories for 1 of its 2 columns");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].categories[1] = {"x", "x"};
        }) ==
        "input block 'categorical': column 'town': category 'x' occurs twice");
}

TEST_CASE("codes lie between missing and unknown") {
  CHECK(Wrong([](Dataset* d) { d->inputs[1].categories[0].pop_back(); }) ==
        "no error");  // code 2 of {clerk, cook} is "unknown"
  CHECK(Wrong([](Dataset* d) { d->inputs[1].categories[0] = {"clerk"}; }) ==
        "input block 'categorical': column 'job', row 4: code 2 is outside "
        "-1 .. 1");
}

std::string WrongSparse(const std::function<void(InputBlock*)>& damage) {
  InputBlock bow = SparseBlock("bow", 5, {{{0, 1}, {4, 2}}, {}, {{2, 3}}});
  damage(&bow);
  const Dataset table = TableOf(3, {bow});
  return MessageOf([&] { CheckDataset(table); });
}

TEST_CASE("compressed rows cannot point outside") {
  using Starts = std::vector<std::int64_t>;
  const auto starts = [](Starts values) {
    return [values = std::move(values)](InputBlock* b) {
      b->row_starts = Array<std::int64_t>(values);
    };
  };
  CHECK(WrongSparse([](InputBlock*) {}) == "no error");
  CHECK(WrongSparse(starts({0, 2, 3})) ==
        "input block 'bow' has 3 row starts; 4 were expected");
  CHECK(WrongSparse(starts({1, 2, 2, 3})) ==
        "input block 'bow': its row starts run from 1 to 3; 0 to 3 was "
        "expected");
  CHECK(WrongSparse(starts({0, 2, 2, 4})) ==
        "input block 'bow': its row starts run from 0 to 4; 0 to 3 was "
        "expected");
  CHECK(WrongSparse(starts({0, 2, 1, 3})) ==
        "input block 'bow': row 1 starts at 2 and ends at 1");
  CHECK(WrongSparse(starts({0, 9, 9, 3})) ==
        "input block 'bow': row 0 starts at 0 and ends at 9");
  CHECK(WrongSparse([](InputBlock* b) {
          b->indices = Array<std::int32_t>({0, 5, 2});
        }) ==
        "input block 'bow': row 0 names column 5, which is outside 0 .. "
        "4");
  CHECK(WrongSparse([](InputBlock* b) {
          b->indices = Array<std::int32_t>({4, 4, 2});
        }) ==
        "input block 'bow': row 0 names column 4 after column 4; columns "
        "are ascending and unique within a row");
}

TEST_CASE("labels are in range and as many as their places") {
  CHECK(Wrong([](Dataset* d) { d->labels[0].values[3] = 2; }) ==
        "task 'income', row 3: label 2 is outside 0 .. 1");
  CHECK(Wrong([](Dataset* d) { d->labels[1].values[0] = 3; }) ==
        "task 'sport', row 0: label 3 is outside 0 .. 2");
  CHECK(Wrong([](Dataset* d) { d->labels[1].values[0] = 0.5F; }) ==
        "task 'sport', row 0: label 0.5 is outside 0 .. 2");
  CHECK(Wrong([](Dataset* d) {
          d->labels[2].values[1] = std::numeric_limits<float>::infinity();
        }) == "task 'height', row 1: label inf is not finite");
  CHECK(Wrong([](Dataset* d) {
          d->labels[2].values = {1, 2, 3, 4, 5};
        }) == "task 'height' has 5 cells; 6 rows of 1 were expected");
  CHECK(Wrong([](Dataset* d) { d->labels[2].weights = {1, 1, -1, 1, 1, 1}; }) ==
        "task 'height': weight -1 at place 2 is not a number from 0 on");
  CHECK(Wrong([](Dataset* d) {
          d->labels[0].on_all_rows = false;
          d->labels[0].rows = {0, 1, 2, 3, 5, 4};
        }) ==
        "task 'income': row 4 comes after row 5; rows are ascending and "
        "unique");
}

TEST_CASE("products of weights that no float can hold are refused") {
  const auto weigh = [](Dataset* d, float row, float label) {
    d->weights.assign(6, row);
    d->labels[2].weights.assign(6, label);
  };
  CHECK(Wrong([&](Dataset* d) { weigh(d, 1e37F, 1); }) == "no error");
  CHECK(Wrong([&](Dataset* d) { weigh(d, 1e18F, 1e18F); }) == "no error");
  CHECK(Wrong([&](Dataset* d) { weigh(d, 2e20F, 2e20F); }) ==
        "task 'height': weights of rows (2e+20 .. 2e+20) times those of its "
        "labels (2e+20 .. 2e+20) are too large or too small for single "
        "precision");
  CHECK(Wrong([&](Dataset* d) { weigh(d, 1e-30F, 1e-30F); }) ==
        "task 'height': weights of rows (1e-30 .. 1e-30) times those of its "
        "labels (1e-30 .. 1e-30) are too large or too small for single "
        "precision");
}

TEST_CASE("labels that are numbers are not below what their type allows") {
  HeadTraits traits;
  traits.least_label = 0;
  const HeadEntry counts = {"count", "", traits, TaskType::kRegression.head()};
  const auto as_counts = [&](Dataset* d, float label) {
    d->tasks[2].type = TaskType(&counts);
    d->labels[2].values[1] = label;
  };
  CHECK(Wrong([&](Dataset* d) { as_counts(d, 0); }) == "no error");
  CHECK(Wrong([&](Dataset* d) { as_counts(d, -1); }) ==
        "task 'height', row 1: label -1 is below 0");
}

TEST_CASE("tasks have names, classes and a scale that make sense") {
  CHECK(Wrong([](Dataset* d) { d->tasks[1].name = "income"; }) ==
        "the task 'income' occurs twice");
  CHECK(Wrong([](Dataset* d) { d->tasks[0].classes = {"one"}; }) ==
        "task 'income' is binary and has 1 classes");
  CHECK(Wrong([](Dataset* d) { d->tasks[1].classes[2] = "golf"; }) ==
        "task 'sport': class 'golf' occurs twice");
  CHECK(Wrong([](Dataset* d) {
          d->tasks[2].mean = {1};
          d->tasks[2].deviation = {0};
        }) == "task 'height': mean 1 and deviation 0 cannot normalise it");
}

TEST_CASE("splits are rows of the dataset and do not overlap") {
  CHECK(Wrong([](Dataset* d) {
          d->splits["train"] = {0, 6};
        }) == "split 'train': row 6 is outside 0 .. 5");
  CHECK(Wrong([](Dataset* d) {
          d->splits["train"] = {1, 1};
        }) ==
        "split 'train': row 1 comes after row 1; rows are ascending and "
        "unique");
  CHECK(Wrong([](Dataset* d) {
          d->splits["train"] = {1, 2};
          d->splits["test"] = {0, 2};
        }) == "row '2' is in two splits, 'test' and 'train'");
  CHECK(Wrong([](Dataset* d) {
          d->splits["fold0"] = {1, 2};
          d->splits["fold1"] = {2};
        }) == "row '2' is in two splits, 'fold0' and 'fold1'");
}

}  // namespace
}  // namespace mtlkit
