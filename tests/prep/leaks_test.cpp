#include "prep/leaks.h"

#include <doctest/doctest.h>

#include "data/schema.h"
#include "prep/prepare_fixture.h"
#include "prep/read_labels.h"

namespace mtlkit {
namespace {

// Rows 0 and 4, and 1 and 5, have the same inputs (`x`, `c`) but other labels;
// rows 2 and 3 differ in `c` alone.
Dataset Twins() {
  return TableOf(
      6, {DenseBlock("numeric", {"x", "y", "w"},
                     {1, 10, 1,     //
                      kNan, 20, 2,  //
                      -0.0F, 30, 0.5F, 0, 40, 3, 1, 50, 1, kNan, 60, kNan}),
          CodeBlock("categorical", {"c"}, {{"p", "q"}}, {0, 1, 0, 1, 0, 1})});
}

std::string Told(PrepareOptions options, Dataset table) {
  Notebook notebook;
  options.task = {"y=regression"};
  options.ignore = {"w"};
  Prepare(table, options, 1, &notebook);
  std::vector<std::string> own;
  for (const std::string& text : notebook.warnings) {
    if (text.find("leaks") != std::string::npos) own.push_back(text);
  }
  return Join(own, "|");
}

TEST_CASE("rows of equal inputs in two splits are told of, or refused") {
  PrepareOptions options;
  Dataset table = Twins();
  table.splits = {{"train", {0, 1, 2}}, {"valid", {3}}, {"test", {4, 5}}};
  CHECK(Told(options, table).empty());
  options.check_leaks = "warn";
  CHECK(Told(options, table) ==
        "--check-leaks: 2 of 2 rows of 'test' have the inputs of a row of "
        "'train': row '4' those of row '0'");
  table.splits = {{"train", {0, 2, 3}}, {"test", {1, 5}}};
  CHECK(Told(options, table).empty());
  // Without `c`, rows 2 and 3 are equal: -0 is 0.
  table.splits = {{"train", {0, 2, 4}}, {"valid", {3}}, {"test", {1, 5}}};
  CHECK(Told(options, table).empty());
  table.inputs.pop_back();
  CHECK(Told(options, table) ==
        "--check-leaks: 1 of 1 row of 'valid' has the inputs of a row of "
        "'train': row '3' those of row '2'");
  options.check_leaks = "error";
  options.task = {"y=regression"};
  Run(options, table);  // `w` tells them apart
  options.ignore = {"w"};
  CHECK(Failure(options, table).find("row '3' those of row '2'") !=
        std::string::npos);
}

TEST_CASE("folds are held against each other, and groups against splits") {
  PrepareOptions options;
  options.check_leaks = "warn";
  Dataset table = Twins();
  table.splits = {{"fold0", {0, 1, 2}}, {"fold1", {3, 4, 5}}};
  CHECK(Told(options, table) ==
        "--check-leaks: 2 of 3 rows of 'fold1' have the inputs of a row of "
        "'fold0': row '4' those of row '0'");
  table.splits = {{"train", {0, 1, 2, 4, 5}}, {"test", {3}}};
  table.groups = {1, 1, 2, 2, 3, 3};
  options.check_leaks = "error";
  options.task = {"y=regression"};
  CHECK(Failure(options, table)
            .starts_with(
                "--check-leaks: the splits that are there cut 1 group of 3"));
  table.splits.clear();
  CHECK(Failure(options, table) ==
        "--check-leaks has no effect: there are no splits");
}

TEST_CASE("labels of a task have the weights of a column") {
  PrepareOptions options = Tasks({"y=regression", "c"});
  options.label_weight = {"c=w"};
  Dataset table = Twins();
  CHECK(Failure(options, table) ==
        "--label-weight: column 'w', row '5': the weight of a label of 'c' is "
        "not a number from 0 on, or too large");
  table.inputs[1].codes = Array<std::int32_t>({0, 1, 0, 1, 0, -1});
  const Dataset made = Run(options, table);
  CHECK(made.labels[0].weights.empty());
  CHECK(made.labels[1].weights == std::vector<float>{1, 2, 0.5F, 3, 1, 0});
  CHECK(FindColumn(made.inputs[0], "x") >= 0);
  CHECK(FindColumn(made.inputs[0], "w") < 0);
  // New tables have them too, times that of rows.
  Task task = made.tasks[1];
  CHECK(ParseLabelSource(LabelSourceText(task.source)) == task.source);
  CHECK(ReadLabels(task, table).labels.weights == made.labels[1].weights);
  task.source.weight = "y";
  CHECK(ReadLabels(task, table).labels.weights ==
        std::vector<float>{10, 40, 15, 120, 50, 0});

  options.label_weight = {"*=w", "c=w"};
  table.inputs[0].dense = Array<float>(std::vector<float>(18, 1));
  CHECK(Failure(options, table) ==
        "--label-weight gives task 'c' weights twice");
  options.label_weight = {"z=w"};
  CHECK(Failure(options, table) == "--label-weight: there is no task 'z'");
  options.label_weight = {"c=y"};
  CHECK(Failure(options, table) ==
        "--label-weight c=y: the column has another use already");
  options.label_weight = {"c"};
  CHECK(Failure(options, table) == "--label-weight c is not TASK=COLUMN");
}

TEST_CASE("tasks of groups have weights at the places of their rows") {
  PrepareOptions options = Tasks({"y=regression"});
  options.task_per = "c";
  options.label_weight = {"y.*=w"};
  Dataset table = Twins();
  std::vector<float> numbers(table.inputs[0].dense.begin(),
                             table.inputs[0].dense.end());
  numbers.back() = 4;
  table.inputs[0].dense = Array<float>(std::move(numbers));
  const Dataset made = Run(options, table);
  CHECK(made.labels[0].weights == std::vector<float>{1, 0.5F, 1});
  CHECK(made.labels[1].weights == std::vector<float>{2, 3, 4});
}

}  // namespace
}  // namespace mtlkit
