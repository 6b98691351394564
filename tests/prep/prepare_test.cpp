#include "prep/prepare.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/small_table.h"
#include "prep/choose_rows.h"
#include "prep/label_columns.h"
#include "prep/prepare_fixture.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

TEST_CASE("types are inferred: two values, words, numbers") {
  const Dataset ready = Run(Tasks({"sex", "flag", "job", "pay"}));
  REQUIRE(ready.tasks.size() == 4);
  CHECK(TaskTypeName(ready.tasks[0].type) == "binary");
  CHECK(Join(ready.tasks[0].classes, ",") == "f,m");
  CHECK(TaskTypeName(ready.tasks[1].type) == "binary");
  CHECK(Join(ready.tasks[1].classes, ",") == "0,1");
  CHECK(TaskTypeName(ready.tasks[2].type) == "multiclass");
  CHECK(TaskTypeName(ready.tasks[3].type) == "regression");
  CHECK(RenderLabels(ready.labels[2]) == "0 1 2 0 1 2 0 1 2 0 1 2");
}

TEST_CASE("a type can be given, and must fit") {
  const Dataset ready = Run(Tasks({"code=multiclass"}));
  CHECK(Join(ready.tasks[0].classes, ",") == "1,2,3");
  CHECK(Failure(Tasks({"job=binary"})) ==
        "task 'job' cannot be binary: it has 3 different values");
  CHECK(Failure(Tasks({"job=regression"})) ==
        "task 'job' cannot be a regression: 'judge' is not a number");
  CHECK(Failure(Tasks({"job=multiclas"})) ==
        "--task job=multiclas: there is no task type 'multiclas'; did you mean "
        "'multiclass'?");
}

TEST_CASE("columns that are tasks, groups or splits are no inputs") {
  PrepareOptions options = Tasks({"job", "pay"});
  options.split_from = "part";
  options.ignore = {"sex"};
  const Dataset ready = Run(options);
  CHECK(Join(ready.inputs[0].columns, ",") == "x,code,school=A,school=B");
  CHECK(ready.splits.at("test") == std::vector<Index>{0, 4, 8});
  CHECK(ready.splits.at("wait").size() == 3);
}

TEST_CASE("inputs can be named instead") {
  PrepareOptions options = Tasks({"sex"});
  options.inputs = {"pay", "scho*"};
  CHECK(Join(Run(options).inputs[0].columns, ",") == "pay,school=A,school=B");
}

TEST_CASE("names that are not there get the nearest one") {
  CHECK(Failure(Tasks({"sax"})) ==
        "--task: there is no column 'sax'; did you mean 'sex'?");
  PrepareOptions options = Tasks({"sex"});
  options.ignore = {"jobb"};
  CHECK(Failure(options) ==
        "--ignore: there is no column 'jobb'; did you mean 'job'?");
  options.ignore = {};
  options.positive = {{"sex", "mm"}};
  CHECK(Failure(options) ==
        "--positive sex mm: there is no class 'mm'; did you mean 'm'?");
  options.positive = {{"sexx", "m"}};
  CHECK(Failure(options) ==
        "--positive: there is no task 'sexx'; did you mean 'sex'?");
  options.positive = {};
  options.hide_labels = {"sexy=0.5"};
  CHECK(Failure(options) ==
        "--hide-labels: there is no task 'sexy'; did you mean 'sex'?");
  CHECK(Failure(PrepareOptions{}) ==
        "there is no task: name the columns to predict with --task");
}

TEST_CASE("the positive class is the second, and can be chosen") {
  PrepareOptions options = Tasks({"sex"});
  options.positive = {{"sex", "f"}};
  const Dataset ready = Run(options);
  CHECK(Join(ready.tasks[0].classes, ",") == "m,f");
  CHECK(RenderLabels(ready.labels[0]) == "1 0 1 0 1 0 1 0 1 0 1 0");
}

TEST_CASE("one task is made of each value of a column") {
  PrepareOptions options = Tasks({"pay"});
  options.task_per = "school";
  const Dataset ready = Run(options);
  REQUIRE(ready.tasks.size() == 2);
  CHECK(ready.tasks[0].name == "pay.A");
  CHECK(RenderRows(ready.labels[0].rows) == "0 1 2 3");
  CHECK(RenderLabels(ready.labels[0]) == "0 0.5 2 4.5");
  // Between its own mean and that of all.
  CHECK(ready.tasks[0].mean[0] > 1.75);
  CHECK(ready.tasks[0].mean[0] < 9);
  CHECK(ready.labels[1].rows.size() == 8);
}

TEST_CASE("a column of several views is one task and leaves all of them") {
  const Dataset table = TableOf(
      4, {DenseBlock("fou.numeric", {"a", "digit"}, {1, 0, 2, 1, 3, 2, 4, 0}),
          DenseBlock("kar.numeric", {"digit", "a"}, {0, 5, 1, 6, 2, 7, 0, 8})});
  PrepareOptions options = Tasks({"digit=multiclass"});
  options.scale = "none";
  const Dataset ready = Run(options, table);
  REQUIRE(ready.tasks.size() == 1);
  CHECK(RenderDense(ready.inputs[0]) == "1 | 2 | 3 | 4");
  CHECK(RenderDense(ready.inputs[1]) == "5 | 6 | 7 | 8");

  Dataset other = table;
  other.inputs[1].dense = Array<float>({0, 5, 1, 6, 1, 7, 0, 8});
  CHECK(Failure(options, other) ==
        "column 'digit' of view 'fou' is '2' in row '2' and '1' in view 'kar'");
}

TEST_CASE("several columns can be one multi-label task") {
  const Dataset table =
      TableOf(3, {DenseBlock("numeric", {"x", "tag_a", "tag_b"},
                             {1, 0, 1, 2, 1, 1, 3, kNan, 0})});
  const Dataset ready = Run(Tasks({"tag_*=multilabel"}), table);
  CHECK(ready.tasks[0].name == "tag");
  CHECK(Join(ready.tasks[0].classes, ",") == "tag_a,tag_b");
  CHECK(RenderLabels(ready.labels[0]) == "0 1 1 1 nan 0");
  CHECK(Join(ready.inputs[0].columns, ",") == "x");
}

TEST_CASE("a cell can list labels") {
  const Dataset table = TableOf(
      3, {DenseBlock("numeric", {"x"}, {1, 2, 3}),
          CodeBlock("categorical", {"tags"}, {{"a", "a; b"}}, {1, -1, 0})});
  const Dataset ready = Run(Tasks({"tags=multilabel"}), table);
  CHECK(Join(ready.tasks[0].classes, ",") == "a,b");
  CHECK(RenderLabels(ready.labels[0]) == "1 1 nan nan 1 0");
}

TEST_CASE("regression tasks are normalised by their training labels") {
  PrepareOptions options = Tasks({"pay"});
  options.split_from = "part";
  const Dataset ready = Run(options);
  // Rows 1, 5, 9: 0.5, 12.5, 40.5.
  CHECK(ready.tasks[0].mean[0] == doctest::Approx(17.8333333));
  CHECK(ready.tasks[0].deviation[0] == doctest::Approx(16.7597666));
}

TEST_CASE("hidden labels are of training rows, and as many as asked for") {
  PrepareOptions options = Tasks({"job", "sex"});
  options.split = {"test=0.5"};
  options.hide_labels = {"job=0.5"};
  const Dataset ready = Run(options);
  Index hidden = 0;
  for (const Index row : ready.splits.at("train")) {
    hidden += std::isnan(ready.labels[0].values[static_cast<std::size_t>(row)]);
  }
  CHECK(hidden == 3);
  for (const Index row : ready.splits.at("test")) {
    CHECK(!std::isnan(ready.labels[0].values[static_cast<std::size_t>(row)]));
  }
  CHECK(RenderLabels(ready.labels[1]).find("nan") == std::string::npos);
}

TEST_CASE("labels can be kept by class") {
  PrepareOptions options = Tasks({"job"});
  options.keep_labels = {"job=2/class"};
  const Dataset ready = Run(options);
  std::vector<int> count(3);
  for (const float value : ready.labels[0].values) {
    if (!std::isnan(value)) ++count[static_cast<std::size_t>(value)];
  }
  CHECK(count == std::vector<int>{2, 2, 2});

  options.keep_labels = {"job=9/class"};
  Notebook notebook;
  Prepare(Table(), options, 1, &notebook);
  CHECK(notebook.warnings.at(0) ==
        "--keep-labels: class 'clerk' of task 'job' has only 4 labels in the "
        "training rows");
}

TEST_CASE("a task without training labels is refused, an absent class named") {
  Dataset table = Table();
  table.splits = {{"train", {0, 1, 3, 4}}, {"test", {2, 5}}};
  Notebook notebook;
  Prepare(table, Tasks({"job"}), 1, &notebook);
  CHECK(notebook.warnings.at(0) ==
        "class 'judge' of task 'job' is absent from the training rows");

  AddTask(&table, "late", TaskType::kBinary, {"no", "yes"},
          {kNan, kNan, 1, kNan, kNan, 0, kNan, kNan, kNan, kNan, kNan, kNan});
  CHECK(Failure(PrepareOptions{}, table) ==
        "task 'late' has no label in the training rows");
}

TEST_CASE("groups are kept together and stored") {
  PrepareOptions options = Tasks({"pay"});
  options.group = "job";
  options.split = {"test=0.34"};
  const Dataset ready = Run(options);
  CHECK(ready.groups[4] == 1);
  CHECK(ready.splits.at("test").size() == 4);
  const Index first = ready.splits.at("test")[0];
  for (const Index row : ready.splits.at("test")) CHECK(row % 3 == first % 3);
}

TEST_CASE("splits can have their share of each class") {
  PrepareOptions options = Tasks({"job"});
  options.stratify = "job";
  options.split = {"test=0.25"};
  const Dataset ready = Run(options);
  std::vector<int> count(3);
  for (const Index row : ready.splits.at("test")) {
    ++count[static_cast<std::size_t>(row % 3)];
  }
  CHECK(count == std::vector<int>{1, 1, 1});
}

TEST_CASE("rows are chosen by number, split, value and size") {
  Dataset table = Table();
  table.splits["test"] = {2, 7};
  const auto rows = [&](const char* expression) {
    return RenderRows(RowsWhere(table, expression));
  };
  CHECK(rows("3:6") == "3 4 5");
  CHECK(rows(":2") == "0 1");
  CHECK(rows("10:") == "10 11");
  CHECK(rows("split=test") == "2 7");
  CHECK(rows("job=cook") == "1 4 7 10");
  CHECK(rows("school!=B") == "0 1 2 3");
  CHECK(rows("code=2.0") == "1 4 7 10");
  CHECK(rows("x>=10") == "10 11");
  CHECK(rows("x<1") == "0");
  CHECK(MessageOf([&] { rows("7:3"); }) ==
        "--rows 7:3: there are rows 0 .. 11");
  CHECK(MessageOf([&] { rows("job=coook"); }) ==
        "--rows: column 'job' has no value 'coook'; did you mean 'cook'?");
  CHECK(MessageOf([&] { rows("x>99"); }) == "--rows x>99: no row fits");
  CHECK(MessageOf([&] { rows("job>3"); }) ==
        "--rows job>3 compares what is not a number");
  CHECK(MessageOf([&] { rows("job"); }) == "--rows job cannot be read");
}

TEST_CASE("a sample is drawn by number or fraction, the same for a seed") {
  CHECK(SampleRows(100, "10", 1).size() == 10);
  CHECK(SampleRows(100, "0.25", 1).size() == 25);
  CHECK(SampleRows(100, "10", 1) == SampleRows(100, "10", 1));
  CHECK(SampleRows(100, "10", 1) != SampleRows(100, "10", 2));
  CHECK(MessageOf([] { SampleRows(100, "101", 1); }) ==
        "--sample 101 takes more than the 100 rows");
  CHECK(MessageOf([] { SampleRows(100, "-1", 1); }) ==
        "--sample -1 is neither a number of rows nor a fraction");
}

TEST_CASE("chosen rows keep their ids, labels and splits") {
  Dataset table = Table();
  table.splits = {{"train", {0, 1, 2, 3, 4, 5}}, {"test", {6, 7, 8}}};
  PrepareOptions options = Tasks({"pay"});
  options.rows = "5:9";
  const Dataset ready = Run(options, table);
  CHECK(ready.rows == 4);
  CHECK(IdText(ready.ids, 0) == "5");
  CHECK(RenderRows(ready.splits.at("train")) == "0");
  CHECK(RenderRows(ready.splits.at("test")) == "1 2 3");
  CHECK(RenderLabels(ready.labels[0]) == "12.5 18 24.5 32");
}

TEST_CASE("sparse inputs are not standardised") {
  const Dataset table =
      TableOf(3, {SparseBlock("sparse", 3, {{{0, 2}}, {}, {{2, 8}}}),
                  CodeBlock("categorical", {"y"}, {{"a", "b"}}, {0, 1, 0})});
  PrepareOptions options = Tasks({"y"});
  CHECK(RenderSparse(Run(options, table).inputs[0]) == "0:2 |  | 2:8");
  options.scale = "standard";
  CHECK(Failure(options, table) ==
        "--scale standard would fill the zeros of sparse inputs");
}

TEST_CASE("the same options and seed give the same dataset") {
  PrepareOptions options = Tasks({"job", "pay"});
  options.split = {"valid=0.25"};
  options.hide_labels = {"job=0.3"};
  options.folds = 3;
  const Dataset one = Run(options, Table(), 4);
  const Dataset two = Run(options, Table(), 4);
  const Dataset three = Run(options, Table(), 5);
  CHECK(one.splits == two.splits);
  CHECK(RenderLabels(one.labels[0]) == RenderLabels(two.labels[0]));
  CHECK(RenderDense(one.inputs[0]) == RenderDense(two.inputs[0]));
  CHECK(one.splits != three.splits);
}

TEST_CASE("a prepared dataset can be prepared again") {
  const Dataset once = Run(Tasks({"sex"}));
  PrepareOptions again;
  again.ignore = {"job=*"};
  const Dataset twice = Run(again, once);
  CHECK(Join(twice.inputs[0].columns, ",").find("job") == std::string::npos);
  CHECK(twice.tasks[0].name == "sex");
  // The raw table goes through both preparations.
  const Dataset raw = ApplyTransforms(twice.transforms, Table());
  CHECK(RenderDense(raw.inputs[0]) == RenderDense(twice.inputs[0]));
  // And what was prepared once goes through the rest.
  const Dataset rest = ApplyTransforms(twice.transforms, once);
  CHECK(RenderDense(rest.inputs[0]) == RenderDense(twice.inputs[0]));
}

TEST_CASE("preparing again without a word on inputs leaves them as they are") {
  PrepareOptions options = Tasks({"sex"});
  options.encode = "index";
  const Dataset once = Run(options);
  PrepareOptions again;
  again.folds = 3;
  const Dataset twice = Run(again, once);
  CHECK(twice.splits.count("fold2") == 1);
  REQUIRE(twice.inputs.size() == once.inputs.size());
  CHECK(RenderDense(twice.inputs[0]) == RenderDense(once.inputs[0]));
  CHECK(twice.transforms.size() == once.transforms.size());
}

TEST_CASE("labels that a head wants as they are get no mean") {
  HeadTraits traits;
  traits.scales_labels = false;
  const HeadEntry plain = {"plain", "", traits, TaskType::kRegression.head()};
  Dataset people = People();
  people.tasks[2].type = TaskType(&plain);
  SilentReporter silent;
  FitTasks({0, 1, 2, 3, 5}, &people, &silent);
  CHECK(people.tasks[2].mean.empty());
  CheckTask(people.tasks[2]);

  people.tasks[2].mean = {1};
  people.tasks[2].deviation = {1};
  CHECK(MessageOf([&] { CheckTask(people.tasks[2]); }) ==
        "task 'height' has a mean to be normalised by, and is learned as it "
        "is");
  people.tasks[2] = People().tasks[2];
  FitTasks({0, 1, 2, 3, 5}, &people, &silent);
  CHECK(people.tasks[2].mean.size() == 1);
}

TEST_CASE("the summary names rows, tasks and inputs") {
  PrepareOptions options = Tasks({"sex", "job", "pay"});
  options.split = {"valid=0.25"};
  Notebook notebook;
  ReportDataset(Run(options), &notebook);
  CHECK(Join(notebook.notes, "\n") ==
        "12 rows: train 9, valid 3\n"
        "task sex: binary, positive 'm', negative 'f'; 12 rows labelled, 9 of "
        "them for training\n"
        "task job: 3 classes; 12 rows labelled, 9 of them for training\n"
        "task pay: regression; 12 rows labelled, 9 of them for training\n"
        "input 'features': 9 columns of numbers");
}

}  // namespace
}  // namespace mtlkit
